//! A field for which several elements may speak: the one of the best rank does, and among equals the first.

/// The value so far with its rank; lower is better.
#[derive(Debug, Clone)]
pub(super) struct Ranked<T>(Option<(u8, T)>);

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Ranked<T> {
    /// Whether a value of that rank would be taken: asked before the value is worked out.
    pub(super) fn wants(&self, rank: u8) -> bool {
        self.0.as_ref().is_none_or(|(held, _)| rank < *held)
    }

    /// Takes `value` if it is better than what is there.
    pub(super) fn offer(&mut self, rank: u8, value: Option<T>) {
        if let Some(value) = value
            && self.wants(rank)
        {
            self.0 = Some((rank, value));
        }
    }

    /// Takes `value` if nothing better is there: among equals the last.
    pub(super) fn overwrite(&mut self, rank: u8, value: Option<T>) {
        if let Some(value) = value
            && self.0.as_ref().is_none_or(|(held, _)| rank <= *held)
        {
            self.0 = Some((rank, value));
        }
    }

    /// The best value offered.
    pub(super) fn best(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }
}
