//! The example `link` as a tool: its options, its files, wrong ones.

#[path = "../examples/link/config.rs"]
mod config;
#[path = "../examples/link/header.rs"]
mod header;
#[path = "../examples/link/ids.rs"]
mod ids;
#[path = "../examples/link/options.rs"]
mod options;
#[path = "../examples/link/outcome.rs"]
mod outcome;
#[path = "../examples/link/progress.rs"]
mod progress;
#[path = "../examples/link/quoted.rs"]
mod quoted;
#[path = "../examples/link/read.rs"]
mod read;
#[path = "../examples/link/run.rs"]
mod run;
#[path = "../examples/link/sniff.rs"]
mod sniff;

use std::fs;
use std::path::PathBuf;

use options::{Options, USAGE};
use serde_json::Value;

const PEOPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/link/people.csv");

/// A folder of a test's own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("link").join(name);
    fs::create_dir_all(&folder).expect("a folder for tests");
    folder
}

/// Runs the tool with words as a shell would give them.
fn link(words: &[&str]) -> Result<Value, String> {
    let options = Options::from_words(words.iter().map(|word| (*word).to_owned()))?;
    run::run(&options).map(|(_, outcome)| outcome).map_err(|error| error.to_string())
}

/// Runs it over a file of these bytes; the message, without the folder.
fn refused(name: &str, bytes: &[u8], words: &[&str]) -> String {
    let folder = folder("refused");
    let file = folder.join(name);
    fs::write(&file, bytes).expect("a file");
    let file = file.to_str().expect("a path in UTF-8");
    let words: Vec<&str> = [file].into_iter().chain(words.iter().copied()).collect();
    let message = link(&words).expect_err("it is wrong");
    message.replace(&format!("{}/", folder.display()), "")
}

#[test]
fn people_are_found_and_measured_and_written() {
    let folder = folder("people");
    let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let (out, pairs) = (path("clusters.csv"), path("pairs.csv"));
    let (model, page) = (path("model.json"), path("report.html"));
    let words = [PEOPLE, "--id", "id", "--truth", "person", "--out", &out, "--pairs", &pairs];
    let more = ["--save-model", &model, "--report", &page];
    let outcome = link(&[&words[..], &more].concat()).expect("it links");
    assert_eq!(outcome["records"], 200);
    assert_eq!(outcome["threshold"], 0);
    for seconds in ["load", "train", "score", "cluster", "total"] {
        assert!(outcome["seconds"][seconds].is_number(), "{outcome}");
    }
    for measured in [&outcome["pairwise"]["default"], &outcome["pairwise"]["best"], &outcome["b3"]]
    {
        let f1 = measured["f1"].as_f64().expect("a number");
        assert!((0.9..=1.0).contains(&f1), "{outcome}");
    }
    assert!(outcome["pairwise"]["best"]["threshold"].is_i64());

    let clusters = fs::read_to_string(&out).expect("clusters");
    let rows: Vec<&str> = clusters.lines().collect();
    assert_eq!(rows[0], "record_id,cluster_id");
    let mut ids: Vec<&str> = rows[1..].iter().filter_map(|row| row.split(',').next()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((rows.len(), ids.len()), (201, 200), "every record once");
    let links = fs::read_to_string(&pairs).expect("pairs");
    assert!(links.starts_with("record_id_l,record_id_r,weight,probability\nr"), "{links}");
    assert_eq!(links.lines().count() as u64, 1 + outcome["links"].as_u64().expect("a number"));
    let page = fs::read_to_string(&page).expect("a page");
    assert!(page.contains("<svg") && !page.contains("<script") && !page.contains("http"));
    assert!(!page.contains("wexford") && !page.contains("r001"), "personal data only if asked");

    let again = path("again.csv");
    link(&[PEOPLE, "--id", "id", "--truth=person", "--model", &model, "--out", &again])
        .expect("it links by the model");
    assert_eq!(fs::read_to_string(&again).expect("clusters"), clusters);
}

#[test]
fn any_separator_quotes_and_columns_of_no_use_give_the_same_people() {
    let folder = folder("separators");
    let text = fs::read_to_string(PEOPLE).expect("people");
    let clusters = |name: &str, text: &str, id: &str, words: &[&str]| {
        let (file, out) = (folder.join(name), folder.join("clusters.csv"));
        fs::write(&file, text).expect("a file");
        let own =
            [file.to_str().expect("UTF-8"), "--id", id, "--out", out.to_str().expect("UTF-8")];
        let outcome = link(&[&own[..], words].concat()).expect("it links");
        (fs::read_to_string(&out).expect("clusters"), outcome)
    };
    let (plain, _) = clusters("comma.csv", &text, "id", &["--truth", "person"]);
    for (name, separator) in [("semicolon.csv", ";"), ("tab.tsv", "\t"), ("pipe.txt", "|")] {
        let other = format!("\u{feff}{}", text.replace(',', separator));
        assert_eq!(clusters(name, &other, "id", &["--truth", "person"]).0, plain, "{name}");
    }
    let quoted: String =
        text.lines().map(|line| format!("\"{}\"\r\n", line.replace(',', "\",\""))).collect();
    assert_eq!(clusters("quoted.csv", &quoted, "id", &["--truth", "person"]).0, plain);

    let config = folder.join("config.json");
    fs::write(&config, r#"{"columns": {"person": null}, "threshold": 1000}"#).expect("a file");
    let config = ["--config", config.to_str().expect("UTF-8")];
    let (configured, outcome) = clusters("config.csv", &text, "id", &config);
    assert_eq!(outcome["threshold"], 1_000);
    assert_eq!(configured.lines().count(), plain.lines().count());
    let (_, outcome) =
        clusters("config.csv", &text, "id", &[&config[..], &["--threshold", "2000"]].concat());
    assert_eq!(outcome["threshold"], 2_000, "the command line has the last word");
}

#[test]
fn a_truth_pattern_takes_the_truth_from_the_id() {
    let text = "id,surname,email\nrec-1-org,ashcombe,a@example.org\n\
                rec-1-dup,ashcomb,a@example.org\nrec-2-org,whitfield,w@example.org\n";
    let file = folder("pattern").join("people.csv");
    fs::write(&file, text).expect("a file");
    let file = file.to_str().expect("UTF-8");
    let outcome = link(&[file, "--id", "id", "--truth-pattern", r"rec-(\d+)-"]).expect("it links");
    assert!(outcome["pairwise"]["default"]["f1"].is_number(), "{outcome}");
    let refusal = link(&[file, "--id", "id", "--truth-pattern", r"rec-(\d+)-org"]);
    assert!(
        refusal
            .expect_err("row 3")
            .ends_with("people.csv, row 3, column `id`: the truth pattern finds nothing in the id")
    );
    let refusal = link(&[file, "--id", "id", "--truth-pattern", r"rec-\d+-"]);
    assert_eq!(refusal.expect_err("no group"), r"--truth-pattern needs a group: rec-(\d+)-");
}

#[test]
fn wrong_files_are_refused_by_row_and_column() {
    let id = ["--id", "id"];
    let cases: [(&str, &[u8], &str); 11] = [
        ("empty.csv", b"", "empty.csv is empty"),
        ("header.csv", b"id,surname\n", "header.csv has a header, but no records"),
        ("wide.csv", b"\xff\xfei\0d\0", "wide.csv is in UTF-16: save it as UTF-8"),
        ("book.csv", b"PK\x03\x04...", "book.csv is a workbook or an archive: save it as CSV"),
        (
            "zero.csv",
            b"id,a\n1,\0\n",
            "zero.csv holds bytes of 0, so it is no text: save it as CSV",
        ),
        (
            "latin.csv",
            b"id,surname\n1,ash\n2,h\xe9lene\n",
            "latin.csv, row 3, column `surname`: not UTF-8 (byte 0xe9): save the file as UTF-8",
        ),
        (
            "names.csv",
            b"id,pr\xe9nom\n1,a\n",
            "names.csv, row 1, column 2: not UTF-8: save the file as UTF-8",
        ),
        (
            "ragged.csv",
            b"id,surname,city\n1,a,b\n\n2,a\n",
            "ragged.csv, row 3 (line 4) has 2 values, but the header has 3 columns",
        ),
        (
            "twice.csv",
            b"id,surname\nx,a\ny,b\nx,c\nx,d\n",
            "twice.csv, row 2 and row 4, column `id`: the same id twice",
        ),
        ("none.csv", b"id,surname\n1,a\n ,b\n", "none.csv, row 3, column `id`: the id is empty"),
        ("alone.csv", b"id\n1\n", "there is no column to compare besides the ids and the truth"),
    ];
    for (name, bytes, message) in cases {
        assert_eq!(refused(name, bytes, &id), message);
    }
    // What stands after an open quotation mark must not be lost.
    let closed_late = b"id,city\n1,\"ann\n2,bob\n3,\"cy\"\n4,dan\n";
    for (text, message) in [
        (
            b"id,surname,city\n1,\"a,b\n2,c,d\n".as_slice(),
            "open.csv: line 2: a quotation mark is opened and never closed",
        ),
        (
            b"id,surname\n1,\"ann\n2,bob\n3,cy\n",
            "open.csv: line 2: a quotation mark is opened and never closed",
        ),
        (
            closed_late,
            "open.csv: line 4: a value in quotation marks goes on after the closing one; it began \
             on line 2: write marks within a value twice",
        ),
    ] {
        assert_eq!(refused("open.csv", text, &id), message);
    }
    let text = b"id,a,a,surname\n1,x,y,z\n";
    assert_eq!(
        refused("other.csv", text, &["--id", "key"]),
        "other.csv: --id: there is no column `key`; the columns are id, a, a, surname"
    );
    assert_eq!(
        refused("other.csv", text, &["--id", "a"]),
        "other.csv: --id: the columns 2 and 3 are both called `a`"
    );
    assert!(refused("absent", text, &["gone.csv", "--id", "id"]).starts_with("gone.csv: "));
}

#[test]
fn quotation_marks_that_are_closed_are_no_trouble() {
    let folder = folder("quoted");
    let file = folder.join("quoted.csv").to_str().expect("UTF-8").to_owned();
    let text = "\"id\",\"city\"\r\n\"1\",\"5\"\" of\r\nsnow\"\r\n2,5\" pipe\r\n\"3\",\"\"";
    fs::write(&file, text).expect("a file");
    assert_eq!(link(&[&file, "--id", "id"]).expect("it links")["records"], 3);
}

#[test]
fn nothing_is_written_over_what_is_read_or_written() {
    let folder = folder("over");
    let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let (file, out) = (path("over.csv"), path("out.csv"));
    let text = "id,city\n1,x\n2,y\n";
    fs::write(&file, text).expect("a file");
    let round_about = format!("{}/../over/over.csv", folder.display());
    for (words, message) in [
        ([&*file, "--out", &round_about], "--out would overwrite what input names"),
        ([&*file, "--report", &file], "--report would overwrite what input names"),
    ] {
        let refused = link(&[&words[..], &["--id", "id"]].concat()).expect_err("it would");
        assert!(refused.starts_with(message), "{refused}");
    }
    let refused = link(&[&file, "--id", "id", "--out", &out, "--pairs", &out]).expect_err("twice");
    assert!(refused.starts_with("--pairs would overwrite what --out names"), "{refused}");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), text);
    // A file that is there already is replaced once the new one is whole.
    fs::write(&out, "old").expect("a file");
    link(&[&file, "--id", "id", "--out", &out]).expect("it links");
    assert_eq!(fs::read_to_string(&out).expect("it is there"), "record_id,cluster_id\n1,1\n2,2\n");
    let left = fs::read_dir(&folder).expect("a folder").count();
    assert_eq!(left, 2, "nothing is left beside");
}

#[test]
fn wrong_configurations_and_models_are_refused() {
    let folder = folder("config");
    let refusal = |option: &str, text: &str| {
        let file = folder.join("wrong.json");
        fs::write(&file, text).expect("a file");
        let file = file.to_str().expect("UTF-8");
        let refusal = link(&[PEOPLE, "--id", "id", option, file]).expect_err("it is wrong");
        refusal.replace(&format!("{}/", folder.display()), "")
    };
    assert_eq!(
        refusal("--config", r#"{"columns": {"colour": "city"}}"#),
        "the configuration names a column `colour`, but there is none"
    );
    let cases = [
        (r#"{"columns": {"city": "town"}}"#, "wrong.json: unknown variant `town`, expected"),
        (r#"{"treshold": 1}"#, "wrong.json: unknown field `treshold`, expected"),
        ("{", "wrong.json: EOF while parsing"),
    ];
    for (text, message) in cases {
        let refusal = refusal("--config", text);
        assert!(refusal.starts_with(message), "{refusal}");
    }
    for text in ["", "{}", "[1, 2]", r#"{"comparisons": [], "prior_same": 0.5}"#] {
        let refusal = refusal("--model", text);
        assert!(refusal.starts_with("wrong.json: "), "{refusal}");
    }
}

#[test]
fn the_command_line_is_checked() {
    let cases: [(&[&str], &str); 9] = [
        (&[], "name a CSV file, and the column of its ids"),
        (&["a", "b", "c", "--id", "x"], "name one CSV file, or two to link between them"),
        (&["a"], "--id names the column of ids"),
        (&["a", "--id"], "--id needs a value"),
        (&["a", "--colour", "x"], "there is no option --colour"),
        (
            &["a", "--id", "x", "--threshold", "high"],
            "--threshold is a whole number of thousandths of a bit, not `high`",
        ),
        (
            &["a", "--id", "x", "--truth", "y", "--truth-pattern", "z"],
            "the truth is in a column or in the id: choose --truth or --truth-pattern",
        ),
        (
            &["a", "--id", "x", "--model", "y", "--save-model", "z"],
            "--model takes a model as it is, so there is none to save",
        ),
        (
            &["a", "--id", "x", "--expose"],
            "--expose is for --report: it shows there what records say",
        ),
    ];
    for (words, message) in cases {
        assert_eq!(link(words), Err(message.to_owned()));
    }
    assert!(USAGE.contains("--truth-pattern"));
}

#[test]
fn two_files_are_linked_with_each_other() {
    let folder = folder("two");
    let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let text = fs::read_to_string(PEOPLE).expect("people");
    let rows: Vec<&str> = text.lines().collect();
    let half = |parity: usize| -> Vec<String> {
        rows[1..].iter().skip(parity).step_by(2).map(|row| (*row).to_owned()).collect()
    };
    let (shop, till) = (path("shop.csv"), path("till.csv"));
    fs::write(&shop, format!("{}\n{}\n", rows[0], half(0).join("\n"))).expect("a file");
    // The other file calls a column by another name, and stands in another order.
    let turned: Vec<String> =
        half(1).iter().map(|row| row.split(',').rev().collect::<Vec<_>>().join(";")).collect();
    let header = "person;phone;email;city;postcode;birth_date;surname;given_name;id";
    fs::write(&till, format!("{header}\n{}\n", turned.join("\n"))).expect("a file");
    let (out, pairs) = (path("clusters.csv"), path("pairs.csv"));
    let words =
        [&*shop, &till, "--id", "id", "--truth", "person", "--out", &out, "--pairs", &pairs];
    let outcome = link(&words).expect("it links");
    assert_eq!(outcome["records"], 200);
    let f1 = outcome["pairwise"]["default"]["f1"].as_f64().expect("a number");
    assert!(f1 >= 0.9, "{outcome}");
    let clusters = fs::read_to_string(&out).expect("clusters");
    assert!(clusters.starts_with("source,record_id,cluster_id\nshop,r001,shop/r001\n"));
    assert_eq!(clusters.lines().count(), 201);
    assert!(clusters.lines().any(|row| row.starts_with("till,") && row.contains(",shop/")));
    let links = fs::read_to_string(&pairs).expect("pairs");
    let mut links = links.lines();
    let header = "source_l,record_id_l,source_r,record_id_r,weight,probability";
    assert_eq!(links.next(), Some(header));
    for row in links {
        let values: Vec<&str> = row.split(',').collect();
        assert_eq!((values[0], values[2]), ("shop", "till"), "{row}");
    }
}
