//! Processor and wall time of short work, at its median and its worst hundredth.

use std::time::{Duration, Instant};

/// Milliseconds, processor and wall, of each run.
#[derive(Default)]
pub(crate) struct Times {
    processor: Vec<f64>,
    wall: Vec<f64>,
}

impl Times {
    /// Runs it and notes how long it took.
    pub(crate) async fn take<T>(&mut self, work: impl Future<Output = T>) -> T {
        let (before, began) = (on_processors(), Instant::now());
        let done = work.await;
        self.wall.push(began.elapsed().as_secs_f64() * 1e3);
        self.processor.push(on_processors().saturating_sub(before).as_secs_f64() * 1e3);
        done
    }

    /// A line of it.
    pub(crate) fn tell(mut self, what: &str, found: &str) {
        let [half, most] = at(&mut self.processor);
        let [wall_half, wall_most] = at(&mut self.wall);
        println!("  {what:<44} {half:>8.2} /{most:>8.2}   {wall_half:>8.2} /{wall_most:>8.2}   {found}");
    }
}

pub(crate) fn heading(what: &str) {
    println!("{what:<46} processor p50 / p99     wall p50 / p99 (ms)");
}

fn at(times: &mut [f64]) -> [f64; 2] {
    times.sort_by(f64::total_cmp);
    [50, 99].map(|percent| times[(times.len() * percent / 100).min(times.len() - 1)])
}

/// Of all threads of this process, as exactly as the system tells (Linux: nanoseconds).
fn on_processors() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let of = |thread: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
    };
    threads.filter_map(of).sum()
}
