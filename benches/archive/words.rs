//! Words, names and addresses as an archive of many shows has them: few of them everywhere, most of them rare (Zipf's law).

use fastrand::Rng;

/// The most frequent words of English text, in their order.
const FREQUENT: &str = "the of and to a in is that for it we on with as are was this be have from or had by not but what all were \
    when there can an your which their said if do will each about how up out them then she many some so these would other into has \
    more two like him see time could no make than first been its who now people my made over did down only way find use may water \
    long little very after words called just where most know get through back much before go good new write our me man too any day \
    same right look think also around another came come work three must because does part even place well such here take why help";

/// Words that a question may ask for, each rarer than the one before.
const WANTED: &str =
    "show episode data python code rust privacy database compiler sheep webassembly typewriter";

const CONSONANTS: &str = "bcdfghjklmnprstvwz";
const VOWELS: &str = "aeiou";

const HAN: &str = "的一是不了人我在有他這為之大來以個中上們到說國和地也子時道出而要於就下得可你年生東京市長";

pub struct Words {
    known: Vec<String>,
}

impl Words {
    pub fn new(count: usize) -> Self {
        let mut known: Vec<String> = FREQUENT.split_whitespace().map(str::to_owned).collect();
        let mut rank = known.len();
        for word in WANTED.split_whitespace() {
            rank = (rank * 2).min(count - 1);
            grow(&mut known, rank);
            known.push(word.to_owned());
        }
        grow(&mut known, count);
        Self { known }
    }

    /// A word, the frequent ones more often.
    pub fn word(&self, rng: &mut Rng) -> &str {
        &self.known[zipf(rng, self.known.len())]
    }

    /// So many words, with a full stop now and then.
    pub fn prose(&self, rng: &mut Rng, count: usize) -> String {
        let mut text = String::with_capacity(count * 7);
        for n in 0..count {
            if n > 0 {
                text.push_str(if rng.u8(..12) == 0 { ". " } else { " " });
            }
            text.push_str(self.word(rng));
        }
        text
    }
}

/// A sentence in a script without spaces.
pub fn unspaced(rng: &mut Rng, count: usize) -> String {
    let han: Vec<char> = HAN.chars().collect();
    let mut text = String::new();
    for n in 0..count {
        if n % 12 == 11 {
            text.push('。');
        }
        text.push(han[zipf(rng, han.len())]);
    }
    text
}

/// Made-up words of three to five letters and more, whose beginnings are as many as those of real ones.
fn grow(known: &mut Vec<String>, count: usize) {
    let (consonants, vowels): (Vec<char>, Vec<char>) =
        (CONSONANTS.chars().collect(), VOWELS.chars().collect());
    while known.len() < count {
        let mut rest = known.len() * 7919;
        let mut word = String::new();
        while rest > 0 || word.len() < 3 {
            word.push(consonants[rest % consonants.len()]);
            rest /= consonants.len();
            word.push(vowels[rest % vowels.len()]);
            rest /= vowels.len();
        }
        known.push(word);
    }
}

/// A place in a list of `count`, of which the n-th is met about 1/n times as often as the first.
pub fn zipf(rng: &mut Rng, count: usize) -> usize {
    ((count as f64 + 1.0).powf(rng.f64()) as usize - 1).min(count - 1)
}
