//! C09, G05, G06: with much to do, under limits of the machine, and for a long time.

use std::{
    path::Path,
    process::{Command, Output},
    time::Duration,
};
use veille_testbench::{
    chance::Chance,
    crash,
    farm::Farm,
    home::{Home, program},
    punctual,
    soak::{Size, soak},
};

/// A small week; `cargo bench --bench promises -- g06` lives it with a thousand sources.
#[test]
fn g06_a_week_with_restarts_and_kills_makes_each_edition_once_and_grows_nowhere() {
    let soaked =
        soak(&mut Chance::from_environment(20_261_126), Size { sources: 6, restarts: &[(7, 31)], refreshes: 1, people: 2 });
    assert!(soaked.faults.is_empty(), "{soaked}");
    println!("{soaked}");
}

/// `cargo bench --bench promises -- c09` has ten thousand, and says how late they are.
#[test]
fn c09_many_schedules_due_at_once_make_each_edition_once() {
    let punctual = punctual::many_due(150);
    assert!(punctual.faults.is_empty(), "{punctual}");
}

/// Feeds on hosts of their own that answer slowly, so that as many connections are open at once as may be.
fn slow_farm() -> Farm {
    Farm::on_hosts((0..70).map(|number| crash::feed(number, 1)), 70, Duration::from_millis(150))
}

/// Runs the binary as a shell does after `ulimit`.
fn under(limit: &str, home: &Home, arguments: &str) -> Output {
    let program = program();
    let script = format!("ulimit {limit}; exec {} --home {} {arguments}", program.display(), home.path().display());
    Command::new("sh").args(["-c", &script]).env_remove("VEILLE_NOW").output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

#[test]
fn g05_few_files_or_little_memory_make_it_slower_and_nothing_worse() {
    let farm = slow_farm();
    for limit in ["-n 64", "-n 40", "-v 400000"] {
        let home = farm.home();
        let refreshed = under(limit, &home, "refresh --all");
        assert!(refreshed.status.success(), "{limit}: {}: {}", refreshed.status, said(&refreshed));
        assert_eq!(crash::lost_and_doubled(&farm, &home), (0, 0), "{limit}");
        assert!(home.run(&["db", "check"]).status.success(), "{limit}");
    }
}

/// What the threads of a refresh keep for themselves would add up (docs/decisions/0042): its origin sees it run.
#[test]
fn long_work_starts_with_an_arena_a_processor() {
    let farm = slow_farm();
    let home = farm.home();
    let mut refreshing = home.command(&["refresh", "--all"]).env_remove("MALLOC_ARENA_MAX").spawn().unwrap();
    let wanted = format!("MALLOC_ARENA_MAX={}", std::thread::available_parallelism().unwrap());
    let environment = || std::fs::read_to_string(format!("/proc/{}/environ", refreshing.id())).unwrap_or_default();
    let told = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        environment().split('\0').any(|variable| variable == wanted)
    });
    assert!(refreshing.wait().unwrap().success());
    assert!(told, "{wanted}");
}

#[test]
fn g05_too_little_is_told_by_the_name_of_the_limit_and_leaves_all_as_it_was() {
    let farm = Farm::serve((0..3).map(|number| crash::feed(number, 3)));
    let home = farm.home();
    assert!(home.run(&["refresh", "--all"]).status.success());
    for files in [8, 12, 20] {
        let refused = under(&format!("-n {files}"), &home, "refresh --all");
        assert!(refused.status.code() == Some(1) && said(&refused).contains("ulimit -n"), "{files}: {}", said(&refused));
    }
    // So little that the program may not even start: it ends, and what was stored stays.
    for kilobytes in [40_000, 80_000, 120_000, 160_000] {
        let _any_end = under(&format!("-v {kilobytes}"), &home, "refresh --all");
        assert!(home.run(&["db", "check"]).status.success(), "{kilobytes}");
    }
    assert!(home.run(&["refresh", "--all"]).status.success(), "it recovers");
    assert_eq!(crash::lost_and_doubled(&farm, &home), (0, 0));
}

/// Which would end the process by a signal (SIGXFSZ): it is told as a disk that takes nothing more, by whichever file met it.
#[test]
fn g05_a_limit_of_file_size_is_told_like_a_full_disk_and_loses_nothing() {
    let farm = Farm::serve((0..8).map(|number| crash::feed(number, 30)));
    for blocks in [60, 700, 1_000] {
        let home = farm.home();
        let limited = under(&format!("-f {blocks}"), &home, "refresh --all");
        let text = said(&limited);
        assert!(matches!(limited.status.code(), Some(0 | 1 | 3)), "{blocks}: {}: {text}", limited.status);
        if limited.status.success() {
            assert!(blocks > 60, "{blocks} blocks of 512 bytes cannot hold it");
        } else {
            assert!(text.contains("ulimit -f") || text.contains("full"), "{blocks}: {text}");
            assert!(!text.contains("panicked"), "{blocks}: {text}");
        }
        let after = home.run(&["refresh", "--all"]);
        assert!(after.status.success(), "{blocks}: {}", said(&after));
        assert!(home.run(&["db", "check"]).status.success(), "{blocks}");
        assert_eq!(crash::lost_and_doubled(&farm, &home), (0, 0), "{blocks}");
    }
}

/// The superuser is exempt from the limit of threads, so the program runs as somebody else.
#[test]
fn g05_few_threads_are_told_or_suffice() {
    let farm = Farm::serve((0..3).map(|number| crash::feed(number, 3)));
    for threads in [1, 2, 3, 4, 6] {
        let home = farm.home();
        let Some(output) = with_threads(threads, &home) else {
            println!("g05 not run: this user cannot become another one, or prlimit and setpriv are not here");
            return;
        };
        let text = said(&output);
        assert!(!text.contains("panicked"), "{threads}: {text}");
        match output.status.code() {
            Some(0) => assert_eq!(crash::lost_and_doubled(&farm, &home), (0, 0), "{threads}"),
            Some(1) => assert!(text.contains("ulimit -u"), "{threads}: {text}"),
            other => panic!("{threads}: {other:?}: {text}"),
        }
    }
}

/// `None` where that is not allowed.
fn with_threads(threads: u32, home: &Home) -> Option<Output> {
    let open_to_all = |path: &Path| Command::new("chmod").args(["-R", "a+rwX"]).arg(path).status().unwrap();
    open_to_all(home.path());
    let as_nobody = |program: &str| {
        let mut command = Command::new("timeout");
        command.args(["60", "prlimit", &format!("--nproc={threads}"), "setpriv", "--reuid", "54321", "--clear-groups"]);
        command.arg(program);
        command
    };
    // Another user must be able to reach the binary as well.
    let copy = home.path().join("veille");
    std::fs::copy(program(), &copy).unwrap();
    open_to_all(home.path());
    let output = as_nobody(copy.to_str()?).arg("--home").arg(home.path()).args(["refresh", "--all"]).output().ok()?;
    (output.status.code() != Some(127) && !said(&output).contains("setpriv:")).then_some(output)
}
