//! What a column of records means, guessed from its name and its content.

/// What a column means; it decides how values are cleaned and compared, and what blocks.
#[non_exhaustive]
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// A first or given name.
    FirstName,
    /// A surname or family name.
    Surname,
    /// A date of birth.
    BirthDate,
    /// A town or suburb.
    City,
    /// A postal code.
    PostalCode,
    /// A state, county or region: too coarse to tell people apart.
    Region,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A number that a state or an insurer gives to one person.
    NationalId,
    /// The number of a house.
    HouseNumber,
    /// A line of an address.
    AddressLine,
    /// Where the record comes from: it is no fact about the person.
    Source,
    /// Anything else, compared as it is.
    Other,
    /// How far north a point on the Earth is, in decimal degrees; south is below 0.
    Latitude,
    /// How far east it is; west is below 0.
    Longitude,
    /// A number, with `.` or `,` before its decimals; never guessed.
    Number,
    /// Several values in one cell; never guessed.
    List,
    /// Several e-mail addresses in one cell; never guessed.
    Emails,
    /// Several telephone numbers in one cell; never guessed.
    Phones,
}

/// Words in names of columns, by meaning; the first that fits counts.
const WORDS: [(Meaning, &[&str]); 14] = [
    (Meaning::Email, &["email", "mail", "courriel"]),
    (Meaning::Phone, &["phone", "mobile", "tel", "telephone", "cell", "portable"]),
    (Meaning::BirthDate, &["dob", "birth", "birthdate", "birthday", "naissance", "born"]),
    (Meaning::NationalId, &["ssn", "soc", "nin", "insee", "national", "passport", "tax", "nhs"]),
    (Meaning::PostalCode, &["postcode", "zip", "postal", "zipcode", "plz", "cp"]),
    (Meaning::FirstName, &["first", "given", "forename", "firstname", "givenname", "prenom"]),
    (Meaning::Surname, &["surname", "last", "family", "lastname", "nom"]),
    (Meaning::City, &["city", "town", "suburb", "ville", "locality", "commune"]),
    (Meaning::Region, &["state", "county", "region", "province", "country", "departement"]),
    (Meaning::HouseNumber, &["number", "house", "streetnumber", "numero"]),
    (Meaning::AddressLine, &["address", "street", "addr", "adresse", "rue", "road"]),
    (Meaning::Source, &["source", "system", "origin", "dataset"]),
    (Meaning::Latitude, &["latitude", "lat"]),
    (Meaning::Longitude, &["longitude", "lon", "lng"]),
];

/// Words of columns that state nothing of a person, whatever else they say.
const NO_FACT: [&str; 14] = [
    "seen", "order", "orders", "login", "visit", "visits", "updated", "created", "modified",
    "card", "customer", "account", "invoice", "contact",
];

impl Meaning {
    /// Guesses from a column's name; [`Meaning::Other`] where nothing fits.
    ///
    /// ```
    /// use omnichannel::identity::linkage::Meaning;
    /// assert_eq!(Meaning::guess("Given_Name"), Meaning::FirstName);
    /// assert_eq!(Meaning::guess("date_of_birth"), Meaning::BirthDate);
    /// assert_eq!(Meaning::guess("street_number"), Meaning::HouseNumber);
    /// assert_eq!(Meaning::guess("favourite colour"), Meaning::Other);
    /// assert_eq!(Meaning::guess("last_seen"), Meaning::Other);
    /// assert_eq!(Meaning::guess("geo_lat"), Meaning::Latitude);
    /// ```
    pub fn guess(name: &str) -> Self {
        if Self::states_no_fact(name) {
            return Self::Other;
        }
        let plain = plain(name);
        let words: Vec<&str> = plain.split(' ').collect();
        let fits = |(_, known): &&(Self, &[&str])| words.iter().any(|word| known.contains(word));
        let known = WORDS.iter().find(fits).map(|(meaning, _)| *meaning);
        // `long` beside `lat`; but a `long_name` is no longitude.
        let is_long = words.last() == Some(&"long");
        known.or(is_long.then_some(Self::Longitude)).unwrap_or(Self::Other)
    }

    /// Whether a column's name says that it is of something else than the person.
    pub(super) fn states_no_fact(name: &str) -> bool {
        plain(name).split(' ').any(|word| NO_FACT.contains(&word))
    }

    /// Whether it tells a person from the others of the household: a name, a birth, a number.
    pub fn is_personal(self) -> bool {
        matches!(self, Self::FirstName | Self::BirthDate | Self::NationalId)
    }
}

impl Meaning {
    /// What each element means, where a cell holds several.
    pub(super) fn of_elements(self) -> Option<Self> {
        match self {
            Self::List => Some(Self::Other),
            Self::Emails => Some(Self::Email),
            Self::Phones => Some(Self::Phone),
            _ => None,
        }
    }
}

/// The words of a column's name.
fn plain(name: &str) -> String {
    crate::identity::comparable_name(name).value.expose().replace('_', " ")
}
