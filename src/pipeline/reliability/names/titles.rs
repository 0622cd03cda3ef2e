//! What stands around a name and is no part of it: titles, jobs, places, dates.

use super::{Names, folded};

/// A name without its surroundings, and whether they told of a competence.
pub(super) struct Bare<'a> {
    pub(super) name: &'a str,
    pub(super) with_job: bool,
}

/// Titles that are earned; the others are everybody's.
const EARNED: [&str; 10] = ["dr", "docteur", "doctor", "pr", "prof", "professor", "professeur", "me", "maitre", "phd"];

/// Where someone writes from or for.
const PLACES: [&str; 8] = [" in ", " for ", " pour ", " via ", " at ", " à ", " on ", " from "];

impl Names {
    /// "Dr. Jane Doe", "Jane Doe Senior Reporter", "Jane Doe in Kyiv", "Jane Doe le 3 mars 2026": each time Jane Doe.
    pub(super) fn without_titles<'a>(&self, stated: &'a str) -> Bare<'a> {
        let mut bare = Bare { name: self.before_place(self.before_date(stated)), with_job: false };
        while let Some((first, rest)) = bare.name.split_once(' ')
            && self.honorifics.contains(&folded(first))
            && !rest.trim().is_empty()
        {
            bare.with_job |= EARNED.contains(&folded(first).as_str());
            bare.name = rest.trim_start();
        }
        self.without_job(bare)
    }

    /// A job at the end, with the words of rank before it.
    fn without_job<'a>(&self, bare: Bare<'a>) -> Bare<'a> {
        let (mut name, mut found) = (bare.name, false);
        while let Some((rest, last)) = name.rsplit_once(' ') {
            let word = folded(last);
            let goes = self.jobs.contains(&word) || (found && self.ranks.contains(&word));
            if !goes {
                break;
            }
            found |= self.jobs.contains(&word);
            name = rest.trim_end();
        }
        if found && self.is_person(name) { Bare { name, with_job: true } } else { bare }
    }

    fn before_place<'a>(&self, stated: &'a str) -> &'a str {
        let left = PLACES.iter().filter_map(|word| stated.split_once(word)).map(|(left, _)| left.trim());
        left.filter(|left| self.is_person(left)).min_by_key(|left| left.len()).unwrap_or(stated)
    }

    /// What stands before the first figure, without the words that lead to a date.
    fn before_date<'a>(&self, stated: &'a str) -> &'a str {
        const LEADING: [&str; 9] = ["le", "on", "published", "publie", "updated", "posted", "the", "mis", "jour"];
        const MONTHS: [&str; 24] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
            "jan",
            "feb",
            "mar",
            "apr",
            "jun",
            "jul",
            "aug",
            "sep",
            "sept",
            "oct",
            "nov",
            "dec",
        ];
        let Some(digit) = stated.find(|c: char| c.is_ascii_digit()) else { return stated };
        let mut left = stated[..digit].trim_end();
        while let Some((rest, last)) = left.rsplit_once(' ')
            && (LEADING.contains(&folded(last).as_str()) || MONTHS.contains(&folded(last).as_str()) || folded(last).len() < 2)
        {
            left = rest.trim_end();
        }
        if self.is_person(left) { left } else { stated }
    }
}
