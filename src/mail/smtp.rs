//! One conversation with a relay, phase by phase, each with its own deadline and its own meaning (RFC 5321).
//!
//! lettre's own `send` hides in which phase a conversation broke and waits for ever after the final dot; so its parts are
//! driven here one by one. Where the relay allows it (RFC 2920), all that comes before the message is said at once.

use crate::{
    domain::delivery::SendOutcome,
    failpoint,
    mail::{
        Outgoing,
        answer::Reply,
        dialogue::{Broken, Dialogue},
        relay::{Conversation, Relay, Stop},
        reply::{Phase, Refusal, classify, printable},
    },
};
use lettre::{
    Address,
    address::AddressError,
    transport::smtp::commands::{Data, Mail, Rcpt, Rset},
};
use std::{fmt, sync::Arc};
use tokio::time::timeout;

/// After the final dot a relay may work for long (RFC 5321, 4.5.3.2.6); giving up early makes duplicates.
const PATIENCE_AFTER_DOT: u32 = 5;

/// A conversation that is opened when first needed, kept for many messages, and opened anew when it broke.
pub struct SmtpSession {
    relay: Arc<Relay>,
    from: Address,
    open: Option<Conversation>,
}

impl fmt::Debug for SmtpSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpSession({:?}, open: {})", self.relay, self.open.is_some())
    }
}

/// A command that precedes a message, in its phase.
type Command = (Phase, String);

impl SmtpSession {
    pub(super) fn new(relay: Arc<Relay>, from: Address) -> Self {
        Self { relay, from, open: None }
    }

    pub(super) async fn quit(mut self) {
        if let Some(mut conversation) = self.open.take() {
            self.relay.goodbye(&mut conversation.dialogue).await;
        }
    }

    /// Everything up to the 354. A kept conversation may have died of old age or reached the relay's limit, which is no reason
    /// to put the message off: then once more on a fresh one.
    pub(super) async fn announce(&mut self, message: &Outgoing) -> Result<(), SendOutcome> {
        let (from, to) = self.route(message).map_err(|error| SendOutcome::RejectedRecipient {
            reason: format!("the address cannot be written: {error}"),
            fault: None,
        })?;
        let commands = [
            (Phase::Sender, Mail::new(Some(from), Vec::new()).to_string()),
            (Phase::Recipient, Rcpt::new(to, Vec::new()).to_string()),
            (Phase::Data, Data.to_string()),
        ];
        let kept = self.open.is_some();
        let outcome = match self.announce_once(&commands).await {
            Err((Phase::Sender, stop)) if kept && tired(&stop) => self.announce_once(&commands).await,
            outcome => outcome,
        };
        outcome.map_err(|(phase, stop)| match stop {
            Stop::Refused(at, refusal) => classify(if at == Phase::Connect { phase } else { at }, &refusal),
            Stop::Broken(why) => SendOutcome::Deferred {
                reason: format!("{why} (at {})", phase.name()),
                slow_down: phase == Phase::Connect,
                fault: None,
            },
        })
    }

    /// The envelope of a message.
    fn route(&self, message: &Outgoing) -> Result<(Address, Address), AddressError> {
        let from = match &message.return_path {
            Some(path) => path.as_str().parse()?,
            None => self.from.clone(),
        };
        Ok((from, message.to.as_str().parse()?))
    }

    /// The relay waits for a message that must not leave: hanging up is the only way not to give one.
    pub(super) fn withhold(&mut self) {
        self.open = None;
    }

    /// The message and its final dot. From here on only an answer, or the certainty that the dot stayed here, is not ambiguous.
    pub(super) async fn hand_over(&mut self, bytes: &[u8]) -> SendOutcome {
        let Some(mut conversation) = self.open.take() else {
            return SendOutcome::Deferred { reason: "not connected".to_owned(), slow_down: false, fault: None };
        };
        if let Some(no) = conversation.dialogue.unasked_refusal() {
            return classify(Phase::Message, &refusal(&no)); // it may still wait for the message: nothing more is said to it
        }
        if let Err(Broken(why)) = conversation.dialogue.say_message(bytes).await {
            let reason = format!("{} (at {})", printable(&why), Phase::Data.name());
            return SendOutcome::Deferred { reason, slow_down: false, fault: None };
        }
        failpoint::reach("mail.dot.before");
        let patience = self.relay.deadline() * PATIENCE_AFTER_DOT;
        let answer = timeout(patience, conversation.dialogue.hear()).await;
        failpoint::reach("mail.dot.after");
        let why = match answer {
            Ok(Ok(reply)) if reply.positive() => {
                self.open = Some(conversation);
                return SendOutcome::Accepted(printable(reply.lines.first().map_or("", String::as_str)));
            }
            Ok(Ok(reply)) if reply.negative() => {
                self.open = (reply.code != 421).then_some(conversation);
                return classify(Phase::Message, &refusal(&reply));
            }
            Ok(Ok(reply)) => format!("the answer {} makes no sense here", reply.code),
            Ok(Err(Broken(why))) => printable(&why),
            Err(_) => format!("no answer within {patience:?}"),
        };
        let reason = format!("{why} (at {})", Phase::Message.name());
        if conversation.dialogue.unsent() > 0 {
            return SendOutcome::Deferred { reason, slow_down: false, fault: None };
        }
        SendOutcome::Ambiguous(reason)
    }

    async fn announce_once(&mut self, commands: &[Command]) -> Result<(), (Phase, Stop)> {
        let mut conversation = match self.open.take() {
            Some(kept) => kept,
            None => self.relay.connect().await.map_err(|stop| (Phase::Connect, stop))?,
        };
        let at_once = if conversation.extensions.pipelining { commands.len() } else { 1 };
        for group in commands.chunks(at_once) {
            if let Err(stopped) = self.ask_group(&mut conversation.dialogue, group).await {
                if stopped.usable && self.relay.ask(&mut conversation.dialogue, Rset).await.is_ok_and(|reply| reply.positive()) {
                    self.open = Some(conversation);
                }
                return Err((stopped.phase, stopped.stop));
            }
        }
        self.open = Some(conversation);
        Ok(())
    }

    /// Says some commands, then hears the reply to each.
    async fn ask_group(&self, dialogue: &mut Dialogue, group: &[Command]) -> Result<(), Stopped> {
        let mut hearing = Hearing::default();
        let said: String = group.iter().map(|(_, text)| text.as_str()).collect();
        let saying = self.relay.phase(dialogue.say(&said)).await;
        saying.map_err(|stop| hearing.break_off(group[0].0, stop))?;
        for (phase, _) in group {
            hearing.take(*phase, self.relay.phase(dialogue.hear()).await)?;
        }
        hearing.refused.map_or(Ok(()), Err)
    }
}

/// Whether a fresh conversation may well go better.
fn tired(stop: &Stop) -> bool {
    match stop {
        Stop::Broken(_) => true,
        Stop::Refused(_, refusal) => refusal.code == 421,
    }
}

fn refusal(reply: &Reply) -> Refusal {
    Refusal { code: reply.code, text: reply.text() }
}

/// Where announcing a message came to its end, and whether the conversation can go on.
struct Stopped {
    phase: Phase,
    stop: Stop,
    usable: bool,
}

/// What the replies to a group of commands add up to. All are heard, as RFC 2920 demands; the first refusal is the reason.
#[derive(Default)]
struct Hearing {
    refused: Option<Stopped>,
}

impl Hearing {
    /// One reply, or its absence. Error: nothing that follows could be understood.
    fn take(&mut self, phase: Phase, reply: Result<Reply, Stop>) -> Result<(), Stopped> {
        let reply = reply.map_err(|stop| self.break_off(phase, stop))?;
        if reply.negative() {
            let (stop, usable) = (Stop::Refused(phase, refusal(&reply)), reply.code != 421);
            self.refused.get_or_insert(Stopped { phase, stop, usable });
            return Ok(());
        }
        let good = if phase == Phase::Data { reply.code == 354 } else { reply.positive() };
        // A relay that refused and waits for a message all the same gets none: RFC 2920 proposes a single dot, and some would
        // take that for an empty message.
        let waits = phase == Phase::Data && self.refused.is_some();
        if good && !waits {
            return Ok(());
        }
        Err(self.break_off(phase, Stop::Broken(format!("the answer {} makes no sense here", reply.code))))
    }

    fn break_off(&mut self, phase: Phase, stop: Stop) -> Stopped {
        let first = self.refused.take().unwrap_or(Stopped { phase, stop, usable: false });
        Stopped { usable: false, ..first }
    }
}

#[cfg(test)]
mod tests {
    use super::{Hearing, Phase, Reply, Stop};

    /// The replies to MAIL, RCPT and DATA said at once ("cut": none), and what they add up to.
    fn hear(replies: [&str; 3]) -> String {
        let mut hearing = Hearing::default();
        for (phase, reply) in [Phase::Sender, Phase::Recipient, Phase::Data].into_iter().zip(replies) {
            let reply = match reply.parse() {
                Ok(code) => Ok(Reply { code, lines: vec!["x".to_owned()] }),
                Err(_) => Err(Stop::Broken(reply.to_owned())),
            };
            if let Err(stopped) = hearing.take(phase, reply) {
                hearing.refused = Some(stopped);
                break;
            }
        }
        let Some(stopped) = hearing.refused else { return "message".to_owned() };
        let why = match &stopped.stop {
            Stop::Refused(_, refusal) => refusal.code.to_string(),
            Stop::Broken(why) => why.clone(),
        };
        format!("{why} at {}, {}", stopped.phase.name(), if stopped.usable { "goes on" } else { "hangs up" })
    }

    #[test]
    fn replies_to_a_group_of_commands_add_up() {
        for (replies, expected) in [
            (["250", "250", "354"], "message"),
            (["250", "251", "354"], "message"),
            (["250", "550", "503"], "550 at RCPT TO, goes on"),
            (["250", "550", "354"], "550 at RCPT TO, hangs up"),
            (["550", "503", "503"], "550 at MAIL FROM, goes on"),
            (["550", "250", "354"], "550 at MAIL FROM, hangs up"),
            (["421", "cut", ""], "421 at MAIL FROM, hangs up"),
            (["250", "451", "cut"], "451 at RCPT TO, hangs up"),
            (["250", "250", "451"], "451 at DATA, goes on"),
            (["250", "250", "250"], "the answer 250 makes no sense here at DATA, hangs up"),
            (["250", "354", "354"], "the answer 354 makes no sense here at RCPT TO, hangs up"),
            (["354", "250", "354"], "the answer 354 makes no sense here at MAIL FROM, hangs up"),
            (["cut", "", ""], "cut at MAIL FROM, hangs up"),
            (["250", "250", "cut"], "cut at DATA, hangs up"),
        ] {
            assert_eq!(hear(replies), expected, "{replies:?}");
        }
    }
}
