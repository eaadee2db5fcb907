//! `--param name=value`

use crate::archive::Cell;

/// Reads `name=value`. What looks like a number is one; a value in single quotes is a text, whatever it looks like.
pub(super) fn read(argument: &str) -> Result<(String, Cell<'static>), String> {
    let wrong = || "it should be NAME=VALUE".to_owned();
    let (name, value) = argument.split_once('=').ok_or_else(wrong)?;
    let name = name.trim().trim_start_matches([':', '@', '$']);
    if name.is_empty() {
        return Err(wrong());
    }
    Ok((name.to_owned(), cell(value)))
}

fn cell(value: &str) -> Cell<'static> {
    let quoted = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    if let Some(text) = quoted {
        return Cell::Text(text.replace("''", "'").into());
    }
    if let Some(number) = whole(value) {
        return Cell::Integer(number);
    }
    real(value).map_or_else(|| Cell::Text(value.to_owned().into()), Cell::Real)
}

/// A whole number as one writes it: what has zeros in front (an episode's code, a date) is none.
fn whole(value: &str) -> Option<i64> {
    let bare = value.strip_prefix('+').unwrap_or(value);
    value.parse().ok().filter(|number: &i64| number.to_string() == bare)
}

/// Digits with a point among, before or behind them, with a power of ten behind that (1e3), or with a sign.
fn real(value: &str) -> Option<f64> {
    let unsigned = value.strip_prefix(['-', '+']).unwrap_or(value);
    let (mantissa, power) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, power)) => (mantissa, Some(power.strip_prefix(['-', '+']).unwrap_or(power))),
        None => (unsigned, None),
    };
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = are_digits(&format!("{before}{after}")) && power.is_none_or(are_digits);
    // What has zeros in front is a code, what is too long to be kept as it is a text.
    let is_plain = !mantissa.contains('.') && power.is_none();
    let is_code = before.len() > 1 && before.starts_with('0');
    let number: f64 = value.parse().ok().filter(|_| is_number && !is_plain && !is_code)?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_number_is_one_unless_it_is_quoted() {
        let text = |text: &str| Cell::Text(text.to_owned().into());
        for (argument, value) in [
            ("x=12", Cell::Integer(12)),
            ("x=-3", Cell::Integer(-3)),
            (":x=1.50", Cell::Real(1.5)),
            ("@x=007", text("007")),
            ("x=2019-04-01", text("2019-04-01")),
            ("$x='2019'", text("2019")),
            ("x='it''s'", text("it's")),
            ("x=a=b", text("a=b")),
            ("x=", text("")),
            ("x=+5", Cell::Integer(5)),
            ("x=1e3", Cell::Real(1000.0)),
            ("x=-2.5E-1", Cell::Real(-0.25)),
            ("x=.5", Cell::Real(0.5)),
            ("x=5.", Cell::Real(5.0)),
            ("x=.", text(".")),
            ("x=e5", text("e5")),
            ("x=1e", text("1e")),
            ("x=+-5", text("+-5")),
            ("x=+05", text("+05")),
            ("x=007.5", text("007.5")),
            ("x=1.2.3", text("1.2.3")),
            ("x=1e999", text("1e999")),
            ("x=nan", text("nan")),
            ("x=inf", text("inf")),
            ("x=99999999999999999999", text("99999999999999999999")),
            ("x='", text("'")),
        ] {
            assert_eq!(read(argument), Ok(("x".to_owned(), value)), "{argument}");
        }
        assert!(read("x").is_err() && read("=1").is_err() && read(":=1").is_err());
    }
}
