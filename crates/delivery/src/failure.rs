//! Why something could not be delivered.

/// Why something could not be delivered. Says nothing of secrets: addresses of webhooks bear keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The receiver did not answer, or not in time: another time it may.
    #[error("没有回应 / no answer: {0}")]
    Silent(String),
    /// The receiver answered that it is busy or out of order: another time it may not be.
    #[error("对方暂不可用 / refused for now: {0}")]
    Busy(String),
    /// The receiver will never take it: a wrong address, a wrong secret, an unknown mailbox.
    #[error("对方拒收 / refused for good: {0}")]
    Refused(String),
    /// There is nothing to deliver with or to.
    #[error("无法投递 / cannot be delivered: {0}")]
    NoWay(String),
}

impl Failure {
    /// Whether trying again is of no use.
    pub fn is_for_good(&self) -> bool {
        matches!(self, Failure::Refused(_) | Failure::NoWay(_))
    }
}
