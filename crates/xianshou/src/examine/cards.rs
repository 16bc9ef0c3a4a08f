//! A card in PDF for every enterprise of a spreadsheet, each in a file of its own.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use checkup::{Bearer, Card, CheckUp, Desk, Enterprise};
use intake::firms::Firms;
use kernel::Lang;
use reports::card::{CardError, Fonts};

use super::work::worked;
use crate::args::Checkup;
use crate::failure::Failure;

/// The longest name of a file without its ending, in characters: within 255 bytes wherever it is copied to.
const LONGEST_NAME: usize = 60;

/// What is needed before the first enterprise is worked: a directory and fonts.
pub struct Press {
    into: PathBuf,
    fonts: Fonts,
    file: String,
}

impl Press {
    /// Makes the directory and looks for fonts.
    ///
    /// # Errors
    /// No directory is named, or it is a file, or it cannot be made; there is no Chinese font.
    pub fn ready(wanted: &Checkup) -> Result<Self, Failure> {
        let Some(into) = wanted.out.clone() else {
            return Err(Failure::said(
                "卡片一家企业一个文件；请用 --out 目录 指明写到哪里。",
                "there is a card for each enterprise; name a directory with --out DIR",
            ));
        };
        if into.exists() && !into.is_dir() {
            let path = into.display();
            return Err(Failure::said(
                format!("{path} 是文件；--format pdf 时 --out 要写目录。"),
                format!("{path} is a file; with --format pdf, --out names a directory"),
            ));
        }
        let fonts = Fonts::find(&wanted.fonts.places()).map_err(|error| refused(&error))?;
        fs::create_dir_all(&into).map_err(|error| Failure::file(&into, &error))?;
        let file = wanted.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Press { into, fonts, file })
    }

    /// Sets a card for each enterprise, writes it, and names the files on standard output.
    ///
    /// # Errors
    /// A file cannot be written; the cards before it are there.
    pub fn print(&self, desk: &Desk<'_>, firms: &Firms, lang: Lang) -> Result<(), Failure> {
        let case = self.fonts.case();
        let set = |enterprise: &Enterprise, checked: &[CheckUp]| {
            let card = self.card(enterprise, checked, desk, lang);
            reports::card::pdf(&card, &case).map(|bytes| (name_of(enterprise), bytes))
        };
        let mut taken = HashSet::new();
        for made in worked(desk, firms, &set) {
            let (name, bytes) = made.map_err(|error| refused(&error))?;
            let path = self.into.join(format!("{}.pdf", unlike(&name, &mut taken)));
            fs::write(&path, bytes).map_err(|error| Failure::file(&path, &error))?;
            tell(&path);
        }
        let (count, into) = (firms.len(), self.into.display());
        eprintln!(
            "{}",
            match lang {
                Lang::Zh => format!("已给 {count} 家企业各写一张服务明白卡，在 {into}。"),
                Lang::En => format!("{count} service cards are in {into}."),
            }
        );
        Ok(())
    }

    fn card(&self, enterprise: &Enterprise, checked: &[CheckUp], desk: &Desk<'_>, lang: Lang) -> Card {
        let name = if enterprise.name.is_empty() { &enterprise.code } else { &enterprise.name };
        let bearer = Bearer { name: name.clone(), code: enterprise.code.clone(), ..Bearer::default() };
        Card::of(bearer, checked, desk.on(), lang, |fact| {
            let cell = enterprise.facts.get(fact)?.origin.as_ref()?;
            Some(format!("{} {cell}", self.file))
        })
    }
}

/// A reader of the list that has seen enough is no failure: the cards are written all the same.
fn tell(path: &Path) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{}", path.display());
}

fn refused(error: &CardError) -> Failure {
    Failure::said(error.say(Lang::Zh), error.say(Lang::En))
}

/// The credit code and the name, as far as a file may be called so on any system.
fn name_of(enterprise: &Enterprise) -> String {
    let whole = format!("{} {}", enterprise.code, enterprise.name);
    let plain = |sign: char| if sign.is_control() || r#"/\:*?"<>|"#.contains(sign) { '_' } else { sign };
    let name: String = whole.trim().trim_start_matches('.').chars().map(plain).take(LONGEST_NAME).collect();
    name.trim().to_owned()
}

/// The name, or one with a number where another enterprise has it already. Two names that differ in case only are
/// one file on some systems.
fn unlike(name: &str, taken: &mut HashSet<String>) -> String {
    let mut all = std::iter::once(name.to_owned()).chain((2_u32..).map(|at| format!("{name} {at}")));
    all.find(|name| taken.insert(name.to_lowercase())).unwrap_or_else(|| name.to_owned())
}
