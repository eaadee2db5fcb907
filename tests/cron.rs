//! `castkeep cron`: what it prints works where it is put.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::feed::{audio, feed, item};
use support::host::{Host, Page};
use support::say::say;
use support::scene::{Ran, Scene};

/// A folder with all that a shell, cron, systemd and XML hold for special.
const FOLDER: &str = "it's 5% of <all> & \"more\" $HOME";

/// A host with a show, and a scene that follows it from such a folder.
fn scene() -> (Host, Scene, PathBuf) {
    let host = Host::start();
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    host.set_audio("/audio/1.mp3", audio(1));
    let scene = Scene::configured("");
    let folder = scene.path(FOLDER);
    fs::create_dir(&folder).unwrap();
    configure(&folder, &host, "");
    (host, scene, folder)
}

fn configure(folder: &Path, host: &Host, more: &str) {
    let config = format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n{more}[[shows]]\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    );
    fs::write(folder.join("config.toml"), config).unwrap();
}

/// What `castkeep cron` prints in the folder.
fn printed(folder: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_castkeep"))
        .arg("cron")
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    let ran = Ran::of(output);
    ran.assert_no_failure();
    ran.stdout
}

/// The last line of the crontab, as cron reads it: five fields, and a command in which a `%` that is not escaped ends it.
fn crontab(folder: &Path) -> (Vec<String>, String) {
    let text = printed(folder, &["--crontab"]);
    let (line, remarks) =
        text.lines().collect::<Vec<_>>().split_last().map(|(l, r)| (*l, r.to_vec())).unwrap();
    assert!(remarks.iter().all(|remark| remark.starts_with("# ")), "{text}");
    let mut fields: Vec<String> = line.splitn(6, ' ').map(str::to_owned).collect();
    let command = fields.pop().unwrap();
    assert!(!command.replace("\\%", "").contains('%'), "{command}");
    (fields, command.replace("\\%", "%"))
}

/// Runs a command as cron does: by `sh`, in the home folder, with next to no environment.
fn as_cron(scene: &Scene, command: &str) -> Ran {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(scene.path("")).stdin(Stdio::null()).env_clear();
    Ran::of(shell.env("HOME", scene.path("")).env("PATH", "/usr/bin:/bin").output().unwrap())
}

#[test]
fn the_crontab_line_works_from_whatever_folder() {
    let (host, scene, folder) = scene();
    let (fields, command) = crontab(&folder);
    assert!((1..60).contains(&fields[0].parse::<u32>().unwrap()), "never the full hour");
    assert_eq!(fields[1..], ["*", "*", "*", "*"]);
    as_cron(&scene, &command).assert_silent();
    assert_eq!(host.take_paths(), ["/audio/1.mp3", "/feed.xml"]);
    assert!(folder.join("archive/archive.db").exists());
    as_cron(&scene, &command).assert_silent();

    // A run that meets another sends no mail, and says so by its exit code.
    let held = fs::OpenOptions::new().write(true).open(folder.join("archive/lock")).unwrap();
    held.lock().unwrap();
    let ran = as_cron(&scene, &command);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (4, "", ""));
    // By hand it is told; and where the other one has been at it for longer than a day, by mail.
    let by_hand = as_cron(&scene, &command.replace(" --quiet", ""));
    assert!(by_hand.code == 4 && by_hand.stderr.contains("another castkeep run holds it"), "{by_hand:?}");
    let db = rusqlite::Connection::open(folder.join("archive/archive.db")).unwrap();
    db.execute_batch(
        "INSERT INTO runs (command, started_at, outcome) VALUES ('sync', '2020-01-01T00:00:00Z', 'running')",
    )
    .unwrap();
    let stuck = as_cron(&scene, &command);
    assert!(stuck.code == 4 && stuck.stderr.contains("another castkeep run holds it"), "{stuck:?}");
}

#[test]
fn cron_comes_as_often_as_the_most_eager_show_may_be_asked() {
    let (host, _scene, folder) = scene();
    for (more, hours) in [("[sync]\ninterval = \"6h\"\n", 4), ("[sync]\ninterval = \"2d\"\n", 1)] {
        configure(&folder, &host, more);
        let (fields, _) = crontab(&folder);
        assert_eq!(fields[1].split(',').count(), hours, "{more}");
        assert_eq!(crontab(&folder).0, fields, "the same each time");
    }
    configure(&folder, &host, "[sync]\ninterval = \"auto\"\n");
    assert_eq!(crontab(&folder).0[1], "*");
}

#[test]
fn systemd_takes_the_units() {
    let (_host, scene, folder) = scene();
    let text = printed(&folder, &["--systemd"]);
    let (service, timer) = text.split_once("\n# ~/.config/systemd/user/castkeep.timer\n").unwrap();
    assert!(service.starts_with("# ~/.config/systemd/user/castkeep.service\n"), "{service}");
    assert!(service.contains("\nSuccessExitStatus=4 143\n") && timer.contains("\nPersistent=true\n"));
    for (name, unit) in [("castkeep.service", service), ("castkeep.timer", timer)] {
        fs::write(scene.path(name), unit).unwrap();
    }
    assert_systemd_takes(&scene, &scene.path(""));
}

/// Lets systemd look at the units in a folder, where there is one.
fn assert_systemd_takes(scene: &Scene, folder: &Path) {
    let mut verify = Command::new("systemd-analyze");
    verify.args(["verify", "--user", "./castkeep.service", "./castkeep.timer"]).current_dir(folder);
    let Ok(output) = verify.env("XDG_RUNTIME_DIR", scene.path("")).output() else {
        return say!("skipped: there is no systemd-analyze");
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && !said.contains("castkeep"), "{said}");
}

/// `castkeep cron` in the folder, with the scene as home.
fn at_home(scene: &Scene, folder: &Path, args: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castkeep"));
    command.arg("cron").args(args).current_dir(folder).env_remove("XDG_CONFIG_HOME");
    Ran::of(command.env("HOME", scene.path("home")).output().unwrap())
}

#[test]
fn units_are_written_where_systemd_looks_and_those_of_somebody_else_stay() {
    let (_host, scene, folder) = scene();
    let units = scene.path("home/.config/systemd/user");
    let said = format!(
        "wrote {0}/castkeep.service\nwrote {0}/castkeep.timer\nnext:\n  systemctl --user enable --now castkeep.timer\n  \
         loginctl enable-linger        # that it runs while you are not logged in\n",
        units.display()
    );
    for at in ["4:17", "5:18"] {
        let ran = at_home(&scene, &folder, &["--systemd", "--at", at, "--write"]);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, said.as_str(), ""));
    }
    let read = |name: &str| fs::read_to_string(units.join(name)).unwrap();
    let mark = "# Written by castkeep cron, which replaces it when asked to write it again\n";
    let printed = at_home(&scene, &folder, &["--systemd", "--at", "5:18"]).stdout;
    for name in ["castkeep.service", "castkeep.timer"] {
        let unit = read(name).strip_prefix(mark).unwrap().to_owned();
        assert!(printed.contains(&format!("# ~/.config/systemd/user/{name}\n{unit}")), "{unit}");
    }
    assert_eq!(fs::read_dir(&units).unwrap().count(), 2);
    assert_systemd_takes(&scene, &units);

    // One that is not castkeep's keeps both as they are.
    fs::write(units.join("castkeep.timer"), "[Timer]\nOnCalendar=daily\n").unwrap();
    let before = read("castkeep.service");
    let ran = at_home(&scene, &folder, &["--systemd", "--nightly", "--write"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    let refused = "/castkeep.timer: this is a file that castkeep did not write\nhint: move it away first; ";
    assert!(ran.stderr.contains(refused), "{}", ran.stderr);
    assert_eq!(
        (read("castkeep.service"), read("castkeep.timer")),
        (before, "[Timer]\nOnCalendar=daily\n".to_owned())
    );
    // One that is masked stays so.
    fs::remove_file(units.join("castkeep.timer")).unwrap();
    std::os::unix::fs::symlink("/dev/null", units.join("castkeep.timer")).unwrap();
    assert_eq!(at_home(&scene, &folder, &["--systemd", "--write"]).code, 1);
}

#[test]
fn units_of_another_archive_stay() {
    let (host, scene, folder) = scene();
    let other = scene.path("other \"pods\"");
    fs::create_dir(&other).unwrap();
    configure(&other, &host, "");
    assert_eq!(at_home(&scene, &folder, &["--systemd", "--write"]).code, 0);
    let service = scene.path("home/.config/systemd/user/castkeep.service");
    let before = fs::read_to_string(&service).unwrap();
    let ran = at_home(&scene, &other, &["--systemd", "--write"]);
    let named = |folder: &Path| {
        folder
            .join("config.toml")
            .display()
            .to_string()
            .replace('"', "\\\"")
            .replace('%', "%%")
            .replace('$', "$$")
    };
    let said = format!(
        "castkeep: {}: it runs castkeep for {}, not for {}\nhint: without --write, what would be in it is printed: put \
         that beside it under another name; or remove it first, if that archive is not to be kept up any more\n",
        service.display(),
        named(&folder),
        named(&other)
    );
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr), (1, "", said));
    assert_eq!(fs::read_to_string(&service).unwrap(), before);
    fs::remove_file(&service).unwrap();
    assert_eq!(at_home(&scene, &other, &["--systemd", "--write"]).code, 0);
}

#[test]
fn units_go_where_xdg_config_home_says_and_only_what_has_a_place_is_written() {
    let (_host, scene, folder) = scene();
    let mut command = Command::new(env!("CARGO_BIN_EXE_castkeep"));
    command.args(["--quiet", "cron", "--systemd", "--write"]).current_dir(&folder);
    Ran::of(command.env("XDG_CONFIG_HOME", scene.path("xdg")).output().unwrap()).assert_silent();
    assert!(scene.path("xdg/systemd/user/castkeep.timer").is_file());
    for form in [&["--write"][..], &["--crontab", "--write"]] {
        assert_eq!(at_home(&scene, &folder, form).code, 2, "{form:?}");
    }
    if cfg!(not(target_os = "macos")) {
        let ran = at_home(&scene, &folder, &["--launchd", "--write"]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.starts_with("castkeep: launchd is the timer of macOS\nhint: "), "{}", ran.stderr);
    }
    assert!(!scene.path("home").exists());
    for home in ["", "home"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_castkeep"));
        command.args(["cron", "--systemd", "--write"]).current_dir(&folder).env_remove("XDG_CONFIG_HOME");
        let ran = Ran::of(command.env("HOME", home).output().unwrap());
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{home:?}");
        assert!(ran.stderr.contains("hint: HOME and XDG_CONFIG_HOME"), "{}", ran.stderr);
    }
}

#[test]
fn launchd_gets_a_list_that_is_well_formed() {
    let (_host, _scene, folder) = scene();
    let text = printed(&folder, &["--launchd"]);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    let list = roxmltree::Document::parse_with_options(&text, options).unwrap();
    let strings: Vec<_> = list
        .descendants()
        .filter(|node| node.has_tag_name("string"))
        .filter_map(|node| node.text())
        .collect();
    let config = folder.join("config.toml");
    assert!(strings.contains(&config.to_str().unwrap()), "{strings:?}");
    assert_eq!(strings[1], env!("CARGO_BIN_EXE_castkeep"));
}

#[test]
fn without_a_flag_all_is_printed_and_two_are_too_many() {
    let (_host, _scene, folder) = scene();
    let all = printed(&folder, &[]);
    for part in [&["--crontab"][..], &["--systemd"]] {
        assert!(all.contains(&printed(&folder, part)), "{part:?}");
    }
    let both = Command::new(env!("CARGO_BIN_EXE_castkeep"))
        .args(["cron", "--crontab", "--systemd"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn what_goes_wrong_is_printed_for_the_mail() {
    let (host, scene, folder) = scene();
    host.set("/feed.xml", Page::Status(404));
    let (_, command) = crontab(&folder);
    let ran = as_cron(&scene, &command);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    assert!(ran.stderr.contains("status 404\nhint: 404: it may have moved"), "{}", ran.stderr);
}

#[test]
fn once_a_night_or_at_a_time_that_is_asked_for() {
    let (_host, scene, folder) = scene();
    let schedule = |args: &[&str]| {
        let line = printed(&folder, args);
        line.lines().last().unwrap().splitn(6, ' ').take(5).map(str::to_owned).collect::<Vec<_>>()
    };
    let night = schedule(&["--crontab", "--nightly"]);
    assert!((2..5).contains(&night[1].parse::<u32>().unwrap()), "{night:?}");
    assert_eq!(schedule(&["--crontab", "--at", "4:17"]), ["17", "4", "*", "*", "*"]);
    let timer = printed(&folder, &["--systemd", "--at", "23:05"]);
    assert!(timer.contains("\nOnCalendar=*-*-* 23:05:00\nRandomizedDelaySec=0\n"), "{timer}");
    let ran = scene.run(&["cron", "--at", "25:00"]);
    assert!(ran.code == 2 && ran.stderr.contains("such as 4:17 or 23:05"), "{}", ran.stderr);
    assert_eq!(scene.run(&["cron", "--at", "4:17", "--nightly"]).code, 2);
}

#[test]
fn the_environment_s_archive_and_the_name_it_was_called_by_come_along() {
    let (host, scene, folder) = scene();
    let bin = scene.path("bin");
    fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_castkeep"), bin.join("castkeep")).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", "castkeep cron --crontab"]).current_dir(&folder);
    shell
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .env("CASTKEEP_ARCHIVE_DIRECTORY", "the nas");
    let ran = Ran::of(shell.output().unwrap());
    ran.assert_no_failure();
    let line = ran.stdout.lines().last().unwrap().replace("\\%", "%");
    assert!(line.contains(&format!(" {}/castkeep --config ", bin.display())), "{line}");
    let command = line.splitn(6, ' ').nth(5).unwrap();
    as_cron(&scene, command).assert_silent();
    assert_eq!(host.take_paths(), ["/audio/1.mp3", "/feed.xml"]);
    assert!(folder.join("the nas/archive.db").exists() && !folder.join("archive").exists());
}
