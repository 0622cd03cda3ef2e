//! The closed list of what can be observed. Weights and supports are data (`rules.toml`); the names are the contract.

/// Declares the signals with their stable names.
macro_rules! signals {
    ($($signal:ident = $name:literal),+ $(,)?) => {
        /// One kind of observation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Signal { $($signal),+ }

        impl Signal {
            /// All of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$signal),+];

            /// The stable name, as stored.
            pub(crate) fn name(self) -> &'static str {
                const NAMES: &[&str] = &[$($name),+];
                NAMES[self as usize]
            }
        }
    };
}

signals! {
    AuthorPerson = "author.person",
    AuthorInstitution = "author.institution",
    AuthorOrganisation = "author.organisation",
    AuthorPseudonym = "author.pseudonym",
    AuthorGeneric = "author.generic",
    AuthorNone = "author.none",
    PublisherDeclared = "publisher.declared",
    PublisherRegistered = "publisher.registered",
    RegistryAuthority = "registry.authority",
    RegistryStandardsBody = "registry.standards_body",
    RegistryJournal = "registry.journal",
    RegistryResearch = "registry.research",
    RegistryRepository = "registry.repository",
    RegistryPress = "registry.press",
    RegistryNgo = "registry.ngo",
    RegistryVendor = "registry.vendor",
    RegistryCommunity = "registry.community",
    RegistryBlog = "registry.blog",
    ReviewOverdue = "review.overdue",
    ProfileCompetence = "profile.competence",
    ProfileLink = "profile.link",
    PolicyLinked = "policy.linked",
    PolicyNone = "policy.none",
    InterestOwnProduct = "interest.own_product",
    InterestAffiliate = "interest.affiliate",
    InterestSponsored = "interest.sponsored",
    InterestPressRelease = "interest.press_release",
    InterestsOccasional = "interests.occasional",
    StatusBlocked = "status.blocked",
    DateZoned = "date.zoned",
    DateDay = "date.day",
    DateFirstSeen = "date.first_seen",
    DateWrong = "date.wrong",
    DateRedated = "date.redated",
    AttributionRate = "attribution.rate",
    LinksCited = "links.cited",
    LinksPrimary = "links.primary",
    TitleTone = "title.tone",
    BodyTone = "body.tone",
    WordsLoaded = "words.loaded",
    AddressRate = "address.rate",
    SpecificsRate = "specifics.rate",
    ReadabilityBand = "readability.band",
    StatusRetracted = "status.retracted",
    StatusSatire = "status.satire",
    StructurePage = "structure.page",
    WcagPage = "wcag.page",
    StatementLinked = "statement.linked",
    ProofOfficialAct = "proof.official_act",
    CorroborationGroups = "corroboration.groups",
    CorroborationCopies = "corroboration.copies",
    CorroborationAlone = "corroboration.alone",
    CorroborationContradicted = "corroboration.contradicted",
    HistoryAuthor = "history.author",
    HistoryInterest = "history.interest",
    HistoryStructure = "history.structure",
    HistoryWcag = "history.wcag",
}

impl Signal {
    /// The signal of that stable name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|signal| signal.name() == name)
    }
}

/// The kind of a signal: the part of its name before the dot. Signals of one kind are answers to one question.
pub fn kind_of(name: &str) -> &str {
    name.split_once('.').map_or(name, |(kind, _)| kind)
}
