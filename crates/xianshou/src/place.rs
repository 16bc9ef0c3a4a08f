//! Where the register is.

use std::path::PathBuf;
use std::sync::Arc;

use kernel::Catalogue;
use store::{Location, Store};

use crate::args::Register;
use crate::failure::Failure;

/// The directory used when none is named.
const DIRECTORY: &str = "data/zone";

impl Register {
    /// The data directory, for the files beside the register.
    pub fn directory(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| PathBuf::from(DIRECTORY))
    }

    /// The address of the database.
    ///
    /// # Errors
    /// When `--database-url` names none.
    pub fn location(&self) -> Result<Location, Failure> {
        match &self.database_url {
            Some(url) => {
                Location::parse(url).map_err(|error| Failure::said(error.say(kernel::Lang::Zh), error.to_string()))
            }
            None => Ok(Location::in_directory(&self.directory())),
        }
    }

    /// Opens a register that exists.
    ///
    /// # Errors
    /// There is none, it has another release's schema, or it cannot be reached.
    pub async fn open(&self) -> Result<Store, Failure> {
        Ok(Store::open(&self.location()?, catalogue()).await?)
    }

    /// Opens the register, making it where there is none yet.
    ///
    /// # Errors
    /// It has another release's schema, or it cannot be made or reached.
    pub async fn open_or_create(&self) -> Result<Store, Failure> {
        let location = self.location()?;
        make_room(&location)?;
        Ok(Store::open_or_create(&location, catalogue()).await?)
    }
}

/// A register to rehearse on. One that is not there yet is made elsewhere for as long as this lives.
pub struct Stage {
    /// The register.
    pub store: Store,
    _elsewhere: Option<tempfile::TempDir>,
}

impl Register {
    /// Opens the register for a load, making it where there is none; for a rehearsal none is made.
    ///
    /// # Errors
    /// See [`Register::open_or_create`].
    pub async fn stage(&self, rehearsal: bool) -> Result<Stage, Failure> {
        match self.location()? {
            Location::Sqlite(path) if rehearsal && !path.exists() => {
                let elsewhere = tempfile::tempdir().map_err(|error| Failure::file(std::env::temp_dir(), &error))?;
                let store = Store::open_or_create(&Location::in_directory(elsewhere.path()), catalogue()).await?;
                Ok(Stage { store, _elsewhere: Some(elsewhere) })
            }
            _ => Ok(Stage { store: self.open_or_create().await?, _elsewhere: None }),
        }
    }
}

/// Makes the directory of a register that is a file.
///
/// # Errors
/// The directory cannot be made.
pub fn make_room(location: &Location) -> Result<(), Failure> {
    match location {
        Location::Sqlite(path) => path
            .parent()
            .map_or(Ok(()), |folder| std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))),
        Location::Postgres(_) => Ok(()),
    }
}

/// The catalogue that comes with the program.
pub fn catalogue() -> Arc<Catalogue> {
    Arc::new(Catalogue::builtin().clone())
}
