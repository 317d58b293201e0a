//! What measuring and splitting a text costs, beside `unicode-segmentation` in one run.
//!
//! ```text
//! cargo bench --bench text [-- KILOBYTES]
//! ```
//!
//! Five texts: English, French, Hindi, Chinese, and chat full of emoji. Each round takes every unit
//! in turn over the same text. Says the median megabytes in a second, and of grapheme clusters how
//! often faster ours is.

use std::hint::black_box;
use std::time::Duration;

#[path = "clock/mod.rs"]
mod clock;

use clock::on_core as time;
use omnichannel::model::{LengthUnit, TextLimit, sms_segments};
use unicode_segmentation::UnicodeSegmentation;

const ROUNDS: usize = 15;

const TEXTS: [(&str, &str); 5] = [
    ("English", "Your order has left our house. It arrives on Friday, https://m.example/t/A17.\n"),
    ("French", "Votre commande a quitté la maison ; elle arrive vendredi, entre midi et 18 h.\n"),
    ("Hindi", "आपका ऑर्डर भेज दिया गया है। वह शुक्रवार को पहुँचेगा। धन्यवाद।\n"),
    ("Chinese", "您的订单已发货，预计星期五送达。感谢您的购买！\n"),
    ("chat", "ok 👍🏽 à vendredi 🎁🎁 👨‍👩‍👧 🇫🇷 !!\n"),
];

type Work<'a> = (&'a str, Box<dyn Fn(&str) -> usize>);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` runs a bench without this word, to see that it runs.
    let trial = !words.iter().any(|word| word == "--bench");
    let asked = words.iter().find_map(|word| word.parse().ok());
    let kilobytes: usize = asked.unwrap_or(if trial { 2 } else { 1_000 });
    let rounds = if trial { 1 } else { ROUNDS };
    for (name, line) in TEXTS {
        let text = line.repeat(kilobytes * 1_000 / line.len() + 1);
        println!("{name}, {} kB", text.len() / 1_000);
        contest(&text, rounds, &works());
    }
}

fn works() -> Vec<Work<'static>> {
    let measure = |unit| {
        let limit = TextLimit { max: 0, unit };
        Box::new(move |text: &str| limit.measure(text))
    };
    let split = |max, unit| {
        let limit = TextLimit { max, unit };
        Box::new(move |text: &str| limit.split(text).len())
    };
    vec![
        ("graphemes, peer", Box::new(|text| text.graphemes(true).count())),
        ("graphemes", measure(LengthUnit::Grapheme)),
        ("UTF-16 units", measure(LengthUnit::Utf16Unit)),
        ("scalar values", measure(LengthUnit::Scalar)),
        ("septets", measure(LengthUnit::GsmSeptet)),
        ("SMS segments", Box::new(|text| sms_segments(text).segments)),
        ("split, 4,096 UTF-16", split(4_096, LengthUnit::Utf16Unit)),
        ("split, 153 septets", split(153, LengthUnit::GsmSeptet)),
    ]
}

/// All in turn, so that a slow moment of the machine meets all of them.
fn contest(text: &str, rounds: usize, works: &[Work<'_>]) {
    let mut times = vec![Vec::new(); works.len()];
    let mut answers = vec![0; works.len()];
    for _ in 0..rounds {
        for (((_, work), times), answer) in works.iter().zip(&mut times).zip(&mut answers) {
            let began = time();
            *answer = black_box(work(black_box(text)));
            times.push(time() - began);
        }
    }
    assert_eq!(answers[0], answers[1], "both count the same clusters");
    let medians: Vec<f64> = times.into_iter().map(median).collect();
    for ((name, _), seconds) in works.iter().zip(&medians) {
        println!("  {name:<20} {:>7.0} MB/s", text.len() as f64 / 1e6 / seconds);
    }
    println!("  graphemes: {:.1} times as fast as the peer", medians[0] / medians[1]);
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}
