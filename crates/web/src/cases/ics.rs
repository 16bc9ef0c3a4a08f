//! A calendar in the form of RFC 5545, as calendar programs read it.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

/// A day with something due on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What no other entry is called, the same each time it is written.
    pub uid: String,
    /// The day.
    pub day: Date,
    /// What is due.
    pub title: String,
    /// More about it.
    pub about: String,
    /// Where to open it.
    pub url: String,
}

/// The calendar with these entries, written at a moment.
pub fn write(name: &str, entries: &[Entry], now: Timestamp) -> String {
    let mut text = String::new();
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Xianshou//Loops//ZH", "CALSCALE:GREGORIAN"] {
        fold(&mut text, line);
    }
    fold(&mut text, &format!("X-WR-CALNAME:{}", escaped(name)));
    fold(&mut text, "X-WR-TIMEZONE:Asia/Shanghai");
    for entry in entries {
        let next = entry.day.saturating_add(1.day());
        fold(&mut text, "BEGIN:VEVENT");
        fold(&mut text, &format!("UID:{}", escaped(&entry.uid)));
        fold(&mut text, &format!("DTSTAMP:{stamp}"));
        fold(&mut text, &format!("DTSTART;VALUE=DATE:{}", entry.day.strftime("%Y%m%d")));
        fold(&mut text, &format!("DTEND;VALUE=DATE:{}", next.strftime("%Y%m%d")));
        fold(&mut text, &format!("SUMMARY:{}", escaped(&entry.title)));
        if !entry.about.is_empty() {
            fold(&mut text, &format!("DESCRIPTION:{}", escaped(&entry.about)));
        }
        if !entry.url.is_empty() {
            fold(&mut text, &format!("URL:{}", entry.url.replace(['\r', '\n'], "")));
        }
        fold(&mut text, "TRANSP:TRANSPARENT");
        fold(&mut text, "END:VEVENT");
    }
    fold(&mut text, "END:VCALENDAR");
    text
}

/// A text with what means something in the format made harmless: section 3.3.11.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => safe.push_str("\\\\"),
            ';' => safe.push_str("\\;"),
            ',' => safe.push_str("\\,"),
            '\n' => safe.push_str("\\n"),
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe
}

/// Adds a line, broken so that no part has more than 75 bytes and no character is torn: section 3.1.
fn fold(text: &mut String, line: &str) {
    let mut room = 75;
    for c in line.chars() {
        if c.len_utf8() > room {
            text.push_str("\r\n ");
            room = 74;
        }
        room -= c.len_utf8();
        text.push(c);
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn one(title: &str) -> String {
        let entry = Entry {
            uid: "matter-1@zone".to_owned(),
            day: date(2026, 11, 30),
            title: title.to_owned(),
            about: String::new(),
            url: "https://zone.example/cases/matter/1".to_owned(),
        };
        write("今日", &[entry], "2026-11-22T08:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_day_lasts_to_the_next_and_every_line_ends_as_the_format_wants() {
        let text = one("报到");
        for line in
            ["DTSTART;VALUE=DATE:20261130", "DTEND;VALUE=DATE:20261201", "DTSTAMP:20261122T080000Z", "SUMMARY:报到"]
        {
            assert!(text.contains(&format!("{line}\r\n")), "{line} is missing in {text}");
        }
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    }

    #[test]
    fn what_means_something_is_escaped_and_no_title_adds_a_line_of_its_own() {
        let text = one("停电; a, b\\c\r\nBEGIN:VEVENT");
        assert!(text.contains("SUMMARY:停电\\; a\\, b\\\\c\\nBEGIN:VEVENT\r\n"), "{text}");
        assert_eq!(text.matches("\r\nBEGIN:VEVENT").count(), 1);
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let title = "二期厂房临时用电".repeat(20);
        let text = one(&title);
        for line in text.split("\r\n") {
            assert!(line.len() <= 75, "{} bytes: {line}", line.len());
        }
        assert!(text.replace("\r\n ", "").contains(&title), "unfolded it is the same text");
    }
}
