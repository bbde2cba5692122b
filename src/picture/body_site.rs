//! Body sites: SNOMED CT codes, whether the site has sides, whether it is sensitive, and the words people type.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The identifier system of SNOMED CT in FHIR.
pub const SNOMED: &str = "http://snomed.info/sct";

/// A body site of the list. Travels as its SNOMED CT code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodySite(usize);

/// Whether a site has a left and a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Lies across the middle of the body: a side is optional.
    Midline,
    /// Exists on each side: a side is required before commit.
    Paired,
}

struct Entry {
    code: &'static str,
    name: &'static str,
    side: Side,
    sensitive: bool,
    synonyms: &'static str,
}

const fn site(
    code: &'static str,
    name: &'static str,
    side: Side,
    sensitive: bool,
    synonyms: &'static str,
) -> Entry {
    Entry {
        code,
        name,
        side,
        sensitive,
        synonyms,
    }
}

use Side::{Midline, Paired};

/// Codes and names as published by SNOMED International; sides, sensitivity and synonyms are ours. From head to toe.
#[rustfmt::skip]
const SITES: &[Entry] = &[
    site("69536005", "Head", Midline, false, "skull cranium"),
    site("41695006", "Scalp", Midline, false, "hair crown"),
    site("89545001", "Face", Midline, false, "forehead brow temple chin"),
    site("60819002", "Cheek", Paired, false, "malar"),
    site("80243003", "Eyelid", Paired, false, "lid lash stye"),
    site("81745001", "Eye", Paired, false, "conjunctiva cornea"),
    site("117590005", "Ear", Paired, false, "pinna earlobe helix"),
    site("45206002", "Nose", Midline, false, "nostril bridge"),
    site("48477009", "Lip", Midline, false, "vermilion cold sore"),
    site("123851003", "Mouth region", Midline, false, "perioral"),
    site("74262004", "Oral cavity", Midline, false, "inside mouth palate gum tonsil throat"),
    site("21974007", "Tongue", Midline, false, ""),
    site("661005", "Jaw region", Paired, false, "mandible"),
    site("45048000", "Neck", Midline, false, "nape throat collar"),
    site("16982005", "Shoulder region", Paired, false, "deltoid"),
    site("91470000", "Axilla", Paired, false, "armpit underarm"),
    site("53120007", "Upper limb", Paired, false, "arm whole"),
    site("40983000", "Upper arm", Paired, false, "biceps triceps humerus"),
    site("14975008", "Forearm", Paired, false, "lower arm elbow crease antecubital"),
    site("8205005", "Wrist", Paired, false, ""),
    site("85562004", "Hand", Paired, false, "palm knuckle"),
    site("7569003", "Finger", Paired, false, "fingertip nail digit"),
    site("76505004", "Thumb", Paired, false, ""),
    site("22943007", "Trunk", Midline, false, "torso body"),
    site("78904004", "Chest wall", Midline, false, "thorax sternum ribs"),
    site("76752008", "Breast", Paired, true, "mammary"),
    site("24142002", "Nipple", Paired, true, "areola"),
    site("113345001", "Abdomen", Midline, false, "belly tummy stomach"),
    site("90290004", "Umbilical region", Midline, false, "belly button navel umbilicus"),
    site("58602004", "Flank", Paired, false, "side loin"),
    site("77568009", "Back", Midline, false, "spine scapula shoulder blade"),
    site("52612000", "Lumbar region", Midline, false, "lower back"),
    site("46862004", "Buttock", Paired, true, "bottom bum gluteal"),
    site("26893007", "Inguinal region", Paired, true, "groin"),
    site("38864007", "Perineum", Midline, true, ""),
    site("45292006", "Vulva", Midline, true, "labia genital"),
    site("18911002", "Penis", Midline, true, "foreskin glans genital"),
    site("20233005", "Scrotum", Midline, true, "testicle genital"),
    site("53505006", "Anus", Midline, true, "perianal haemorrhoid"),
    site("61685007", "Lower limb", Paired, false, "leg whole"),
    site("68367000", "Thigh", Paired, false, "upper leg hamstring"),
    site("72696002", "Knee region", Paired, false, "kneecap patella"),
    site("32361000", "Popliteal fossa", Paired, false, "back of knee"),
    site("30021000", "Lower leg", Paired, false, "shin calf"),
    site("70258002", "Ankle joint", Paired, false, "malleolus"),
    site("56459004", "Foot", Paired, false, "sole heel instep"),
    site("29707007", "Toe", Paired, false, "big toe toenail hallux"),
    site("39937001", "Skin", Midline, false, "rash widespread generalised"),
    site("38266002", "Entire body", Midline, false, "whole everywhere"),
];

/// The rank of a site that barely fits what was typed.
const LAST_RANK: u8 = 4;

impl BodySite {
    /// Every site, from head to toe.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SITES.len()).map(Self)
    }

    /// The site with this SNOMED CT code, if the list has it.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        SITES.iter().position(|entry| entry.code == code).map(Self)
    }

    /// SNOMED CT code.
    #[must_use]
    pub fn code(self) -> &'static str {
        SITES[self.0].code
    }

    /// SNOMED CT's name, as filed. Pages show words of their own.
    #[must_use]
    pub fn name(self) -> &'static str {
        SITES[self.0].name
    }

    /// Whether it has sides.
    #[must_use]
    pub fn side(self) -> Side {
        SITES[self.0].side
    }

    /// Whether pictures of it are kept out of sight until asked for.
    #[must_use]
    pub fn is_sensitive(self) -> bool {
        SITES[self.0].sensitive
    }

    /// Other words people use for it, for searching; separated by spaces.
    #[must_use]
    pub fn synonyms(self) -> &'static str {
        SITES[self.0].synonyms
    }

    /// Sites that fit `query`, best first: those whose name begins with it, those with a word in their name that
    /// does, those with such a word among their synonyms, those with each of its words in their name, and those that
    /// contain each of its words anywhere. Equals stand from head to toe. All sites for an empty query. Capitals and macrons
    /// do not matter. `shown` is a site's name in the language of the person; SNOMED CT's name counts among the synonyms.
    #[must_use]
    pub fn search(query: &str, shown: impl Fn(Self) -> &'static str) -> Vec<Self> {
        let query = folded(query);
        let words: Vec<&str> = query.split_whitespace().collect();
        let found: Vec<(u8, Self)> = Self::all()
            .filter_map(|site| Some((site.rank(shown(site), &words)?, site)))
            .collect();
        let of_rank = |rank| found.iter().filter(move |site| site.0 == rank);
        (0..=LAST_RANK)
            .flat_map(of_rank)
            .map(|site| site.1)
            .collect()
    }

    /// How well the site fits these words, from 0 to [`LAST_RANK`]; nothing if it does not.
    fn rank(self, shown: &str, words: &[&str]) -> Option<u8> {
        let (name, phrase) = (folded(shown), words.join(" "));
        let synonyms = format!("{} {}", self.name().to_ascii_lowercase(), self.synonyms());
        let has_word =
            |text: &str| text.starts_with(&phrase) || text.contains(&format!(" {phrase}"));
        let named = |word: &&str| name.contains(word);
        let has = |word: &&str| named(word) || synonyms.contains(word);
        if name.starts_with(&phrase) {
            Some(0)
        } else if has_word(&name) {
            Some(1)
        } else if has_word(&synonyms) {
            Some(2)
        } else if words.len() > 1 && words.iter().all(named) {
            Some(3)
        } else {
            words.iter().all(has).then_some(LAST_RANK)
        }
    }
}

/// Small letters without macrons: `Māhunga` is found by `mahunga`.
fn folded(text: &str) -> String {
    let plain = |letter| match letter {
        'ā' => 'a',
        'ē' => 'e',
        'ī' => 'i',
        'ō' => 'o',
        'ū' => 'u',
        other => other,
    };
    text.to_lowercase().chars().map(plain).collect()
}

impl std::fmt::Debug for BodySite {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.code())
    }
}

impl Serialize for BodySite {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for BodySite {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = String::deserialize(from)?;
        Self::from_code(&code)
            .ok_or_else(|| serde::de::Error::custom("not a body site of the list"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verhoeff's check: the tables of the dihedral group D5.
    fn verhoeff_holds(code: &str) -> bool {
        const MULTIPLY: [[usize; 10]; 10] = [
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
            [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
            [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
            [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
            [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
            [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
            [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
            [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
            [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
            [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
        ];
        const SHUFFLE: [usize; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
        let shuffled = |digit: usize, times: usize| (0..times % 8).fold(digit, |at, _| SHUFFLE[at]);
        let digits = code.bytes().rev().map(|byte| usize::from(byte - b'0'));
        digits
            .enumerate()
            .fold(0, |sum, (at, digit)| MULTIPLY[sum][shuffled(digit, at)])
            == 0
    }

    #[test]
    fn every_code_passes_its_check_digit() {
        let sides = super::super::Laterality::ALL
            .into_iter()
            .filter_map(|side| Some(side.coding()?.0));
        for code in BodySite::all().map(BodySite::code).chain(sides) {
            assert!(verhoeff_holds(code), "{code}");
        }
        assert!(!verhoeff_holds("14975009"));
    }

    #[test]
    fn no_code_and_no_name_stands_twice() {
        let codes: std::collections::BTreeSet<_> = BodySite::all().map(BodySite::code).collect();
        let names: std::collections::BTreeSet<_> = BodySite::all().map(BodySite::name).collect();
        assert_eq!((codes.len(), names.len()), (SITES.len(), SITES.len()));
    }

    #[test]
    fn upper_arm_and_upper_limb_are_not_mixed_up() {
        assert_eq!(BodySite::from_code("40983000").unwrap().name(), "Upper arm");
        assert_eq!(
            BodySite::from_code("53120007").unwrap().name(),
            "Upper limb"
        );
    }

    #[test]
    fn the_words_a_gp_types_find_the_site() {
        let first = |query: &str| {
            BodySite::search(query, BodySite::name)
                .first()
                .map(|site| site.name())
        };
        for (typed, found) in [
            ("tummy", "Abdomen"),
            ("shin", "Lower leg"),
            ("groin", "Inguinal region"),
            ("belly", "Abdomen"),
            ("elbow crease", "Forearm"),
            ("big toe", "Toe"),
            ("ARMPIT", "Axilla"),
            ("ba", "Back"),
            ("arm upper", "Upper arm"),
        ] {
            assert_eq!(first(typed), Some(found), "{typed}");
        }
        assert_eq!(first("xyz"), None);
        assert_eq!(BodySite::search(" ", BodySite::name).len(), SITES.len());
    }

    #[test]
    fn names_come_before_synonyms_and_beginnings_before_middles() {
        let found = |query: &str| -> Vec<&str> {
            let found = BodySite::search(query, BodySite::name);
            found.iter().map(|site| site.name()).collect()
        };
        assert_eq!(
            found("arm"),
            ["Upper arm", "Axilla", "Upper limb", "Forearm"]
        );
        assert_eq!(found("leg")[..3], ["Lower leg", "Lower limb", "Thigh"]);
        assert_eq!(found("fin"), ["Finger"]);
        assert_eq!(found("umb"), ["Umbilical region", "Thumb", "Lumbar region"]);
        assert_eq!(found("lower  back"), ["Lumbar region"]);
    }

    #[test]
    fn searching_need_not_know_letters_beyond_ascii() {
        for site in BodySite::all() {
            assert!(site.name().is_ascii(), "{}", site.name());
            assert_eq!(site.synonyms(), site.synonyms().to_ascii_lowercase());
        }
    }
}
