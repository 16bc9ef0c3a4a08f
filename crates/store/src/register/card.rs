//! Service cards (服务明白卡) that were handed out: which version went to whom.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::SubjectId;
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use serde_json::{Value as Json, json};

use crate::clock::moment;
use crate::{Event, Store, StoreError};

/// A card as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCard {
    /// The enterprise it speaks of.
    pub enterprise: SubjectId,
    /// To whom it goes: an office or a post. What is written here cannot be erased. Empty where it was only printed.
    pub recipient: String,
    /// The day of application it was made for.
    pub on: Date,
    /// The SHA-256 of its content in hexadecimal.
    pub hash: String,
    /// The versions of the policies it speaks of.
    pub versions: Vec<String>,
}

/// A card that was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardGiven {
    /// When.
    pub at: Timestamp,
    /// The account that handed it out.
    pub by: String,
    /// To whom; empty where it was only printed.
    pub recipient: String,
    /// Whether this tells of a file that was made, and not yet of somebody who got it.
    pub printed: bool,
    /// The day of application, as it was written down.
    pub on: String,
    /// The SHA-256 of its content in hexadecimal.
    pub hash: String,
}

const GIVEN: &str = "card.given";
const PRINTED: &str = "card.printed";

impl Store {
    /// Records that a card was handed out. That the enterprise lies in the person's rows was checked before.
    ///
    /// # Errors
    /// What the database reports; the card then counts as not handed out.
    pub async fn record_card(&self, by: &str, card: &NewCard) -> Result<(), StoreError> {
        self.note_card(GIVEN, by, card).await
    }

    /// Records that a card was made as a file to be printed. That the enterprise lies in the person's rows was
    /// checked before.
    ///
    /// # Errors
    /// What the database reports; the file should then not be handed over.
    pub async fn record_card_printed(&self, by: &str, card: &NewCard) -> Result<(), StoreError> {
        self.note_card(PRINTED, by, card).await
    }

    async fn note_card(&self, kind: &'static str, by: &str, card: &NewCard) -> Result<(), StoreError> {
        let NewCard { enterprise, recipient, on, hash, versions } = card;
        self.write(|tx| async move {
            let mut data = json!({"on": on.to_string(), "hash": hash, "versions": versions});
            if kind == GIVEN {
                data["recipient"] = json!(recipient);
            }
            tx.append_event(Event::new(kind, by).on(*enterprise).with(data)).await.map(drop)
        })
        .await
    }

    /// The cards of an enterprise that were handed out or printed, the latest first, at most so many. The
    /// enterprise itself must have been found within the reader's rows before.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn cards_given(&self, enterprise: SubjectId, most: u64) -> Result<Vec<CardGiven>, StoreError> {
        let query = Query::select()
            .columns(["at", "by", "kind", "data"])
            .from("event")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("subject").eq(enterprise.0))
            .and_where(Expr::col("kind").is_in([GIVEN, PRINTED]))
            .order_by("seq", Order::Desc)
            .limit(most)
            .to_owned();
        let mut given = Vec::new();
        for row in self.reader().query_all(&query).await? {
            let data: Option<String> = row.try_get_by("data")?;
            let data: Json = data.and_then(|data| serde_json::from_str(&data).ok()).unwrap_or(Json::Null);
            let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
            given.push(CardGiven {
                at: moment(row.try_get_by("at")?),
                by: row.try_get_by("by")?,
                recipient: text("recipient"),
                printed: row.try_get_by::<String, _>("kind")? == PRINTED,
                on: text("on"),
                hash: text("hash"),
            });
        }
        Ok(given)
    }
}
