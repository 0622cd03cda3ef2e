//! A DNS server that answers by script: addresses, aliases, refusals, silence, delay, and another answer each time.
//!
//! It speaks UDP on loopback, and follows its own aliases as a recursive resolver does: the whole chain stands in the answer. All
//! answers are to be forgotten at once (TTL 0), so that each use of a name is a question here.

use hickory_proto::{
    op::{Message, MessageType, OpCode, ResponseCode},
    rr::{
        Name, RData, Record, RecordType,
        rdata::{A, AAAA, CNAME},
    },
};
use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::{Arc, Mutex},
    time::Duration,
};

/// No chain of aliases is followed further: then the answer is the chain alone.
const LONGEST_CHAIN: usize = 20;

/// A question as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The name, in lower case, without its final dot.
    pub name: String,
    /// Which addresses are wanted: of IPv6, else of IPv4.
    pub six: bool,
    /// How many questions for this name and this family came before it.
    pub number: usize,
}

/// What the server says to a question.
#[derive(Debug, Clone)]
pub enum Says {
    /// These addresses; those of the other family are left out.
    Addresses(Vec<IpAddr>),
    /// Another name is meant: what the script says of that follows.
    Alias(String),
    /// NXDOMAIN.
    NoSuchName,
    /// SERVFAIL.
    Failure,
    /// Nothing, ever.
    Nothing,
    /// That, but so much later.
    Late(Duration, Box<Self>),
}

impl Says {
    /// One address.
    pub fn address(address: impl Into<IpAddr>) -> Self {
        Self::Addresses(vec![address.into()])
    }
}

type Script = dyn Fn(&Question) -> Says + Send + Sync;

/// A running DNS server; it stops with the process.
pub struct Dns {
    /// Where it listens.
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Question>>>,
}

impl Dns {
    /// Serves on a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// If no port is free.
    pub fn serve(script: impl Fn(&Question) -> Says + Send + Sync + 'static) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let dns = Self { address: socket.local_addr().unwrap(), asked: Arc::default() };
        let (asked, script): (_, Arc<Script>) = (Arc::clone(&dns.asked), Arc::new(script));
        std::thread::spawn(move || {
            let mut packet = [0; 1500];
            while let Ok((length, client)) = socket.recv_from(&mut packet) {
                let (socket, asked, script) = (socket.try_clone().unwrap(), Arc::clone(&asked), Arc::clone(&script));
                let packet = packet[..length].to_vec();
                // A thread each, so that a late answer holds nobody up.
                std::thread::spawn(move || {
                    if let Some(answer) = answer(&packet, &asked, &*script) {
                        let _caller_may_be_gone = socket.send_to(&answer, client);
                    }
                });
            }
        });
        dns
    }

    /// The line of `veille.toml`, under `[fetch]`, that makes the product ask this server.
    #[must_use]
    pub fn setting(&self) -> String {
        format!("resolver = \"{}\"\n", self.address)
    }

    /// The questions so far.
    ///
    /// # Panics
    ///
    /// If the script panicked.
    #[must_use]
    pub fn asked(&self) -> Vec<Question> {
        self.asked.lock().unwrap().clone()
    }
}

/// The packet to send back; none where the script says nothing, or where the question is none of ours.
fn answer(packet: &[u8], asked: &Mutex<Vec<Question>>, script: &Script) -> Option<Vec<u8>> {
    let request = Message::from_vec(packet).ok()?;
    let query = request.queries.first()?.clone();
    let mut response = Message::new(request.metadata.id, MessageType::Response, OpCode::Query);
    response.metadata.recursion_desired = true;
    response.metadata.recursion_available = true;
    response.add_query(query.clone());
    let (mut name, mut hops) = (query.name.clone(), 0);
    let mut said = script(&note(&name, query.query_type, asked));
    loop {
        match said {
            Says::Late(time, then) => {
                std::thread::sleep(time);
                said = *then;
                continue;
            }
            Says::Alias(target) if hops < LONGEST_CHAIN => {
                let target = Name::from_utf8(format!("{target}.")).unwrap();
                response.add_answer(Record::from_rdata(name, 0, RData::CNAME(CNAME(target.clone()))));
                (name, hops) = (target, hops + 1);
                said = script(&note(&name, query.query_type, asked));
                continue;
            }
            Says::Alias(_) => {}
            Says::Addresses(addresses) => {
                let records = addresses.into_iter().filter_map(|address| record(&name, query.query_type, address));
                response.add_answers(records.collect::<Vec<_>>());
            }
            Says::NoSuchName => response.metadata.response_code = ResponseCode::NXDomain,
            Says::Failure => response.metadata.response_code = ResponseCode::ServFail,
            Says::Nothing => return None,
        }
        return Some(response.to_vec().unwrap());
    }
}

fn note(name: &Name, family: RecordType, asked: &Mutex<Vec<Question>>) -> Question {
    let name = name.to_utf8().trim_end_matches('.').to_lowercase();
    let six = family == RecordType::AAAA;
    let mut asked = asked.lock().unwrap();
    let number = asked.iter().filter(|before| before.name == name && before.six == six).count();
    asked.push(Question { name, six, number });
    asked[asked.len() - 1].clone()
}

fn record(name: &Name, family: RecordType, address: IpAddr) -> Option<Record> {
    let data = match (family, address) {
        (RecordType::A, IpAddr::V4(address)) => RData::A(A(address)),
        (RecordType::AAAA, IpAddr::V6(address)) => RData::AAAA(AAAA(address)),
        _ => return None,
    };
    Some(Record::from_rdata(name.clone(), 0, data))
}
