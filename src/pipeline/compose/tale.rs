//! The items of one story, side by side.

use crate::domain::{candidate::Candidate, decision::Verdict};
use std::collections::BTreeMap;

/// One story's candidates, in order of arrival.
pub(super) struct Tale<'a> {
    pub(super) story: i64,
    pub(super) members: Vec<&'a Candidate>,
}

/// Candidates by story; both in ascending order, whatever order they came in.
pub(super) fn group(candidates: &[Candidate]) -> Vec<Tale<'_>> {
    let mut tales: BTreeMap<i64, Vec<&Candidate>> = BTreeMap::new();
    for candidate in candidates {
        tales.entry(candidate.story).or_default().push(candidate);
    }
    let tale = |(story, mut members): (i64, Vec<_>)| {
        members.sort_by_key(|member: &&Candidate| member.item);
        Tale { story, members }
    };
    tales.into_iter().map(tale).collect()
}

impl<'a> Tale<'a> {
    /// The item that heads the story; the first one where none is marked.
    pub(super) fn lead(&self) -> &'a Candidate {
        self.members.iter().find(|member| member.leads).unwrap_or(&self.members[0])
    }

    /// A person wants it in.
    pub(super) fn is_kept(&self) -> bool {
        self.members.iter().any(|member| has(member, Verdict::Keep))
    }
}

/// The verdict that holds is `verdict`.
pub(super) fn has(candidate: &Candidate, verdict: Verdict) -> bool {
    candidate.decision.as_ref().is_some_and(|decided| decided.verdict == verdict)
}
