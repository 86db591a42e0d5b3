//! URLs that carry a password or a signature.

use super::{Candidate, Check};

/// A URL is reported as far as this after its host begins.
const TAIL_BYTES_MAX: usize = 512;

/// A URL with user and password before its host. The match ends with the host's first character; it is
/// extended over host, port and path. Schemes of databases, and
/// Cloudinary's, have identifiers of their own.
pub(crate) static URL_PASSWORD: Check = Check::InValue(|candidate| {
    let login = login(candidate)?;
    (!has_own_identifier(login.scheme) && login.is_real()).then(|| tail_end(candidate))
});

/// The same for the schemes of databases and message brokers.
pub(crate) static DATABASE_PASSWORD: Check = Check::InValue(|candidate| {
    let login = login(candidate)?;
    (is_database(login.scheme) && login.is_real()).then(|| tail_end(candidate))
});

/// A password among the parameters of a database URL: `password=` and the value, which ends the match.
pub(crate) static DATABASE_PARAMETER: Check = Check::InValue(|candidate| {
    let found = &candidate.text[candidate.found.clone()];
    let scheme = &found[..found.windows(3).position(|three| three == b"://")?];
    let equals = found.iter().rposition(|byte| *byte == b'=')?;
    let login = Login { scheme, user: b"", password: &found[equals + 1..] };
    (is_database(scheme) && login.is_real()).then_some(candidate.found.end)
});

/// What stands before the host.
struct Login<'a> {
    scheme: &'a [u8],
    user: &'a [u8],
    password: &'a [u8],
}

fn login<'a>(candidate: &Candidate<'a>) -> Option<Login<'a>> {
    let found = &candidate.text[candidate.found.clone()];
    let colon = found.windows(3).position(|three| three == b"://")?;
    let at = found.iter().rposition(|byte| *byte == b'@')?;
    let (user, password) = {
        let pair = found.get(colon + 3..at)?;
        let middle = pair.iter().position(|byte| *byte == b':')?;
        (&pair[..middle], &pair[middle + 1..])
    };
    Some(Login { scheme: &found[..colon], user, password })
}

/// A shorter password is a placeholder of documents.
const PASSWORD_BYTES_MIN: usize = 4;

/// What no real password holds, in small letters.
const PLACEHOLDERS: [&[u8]; 10] = [
    b"your",
    b"replace",
    b"changeme",
    b"placeholder",
    b"example",
    b"redacted",
    b"hidden",
    b"insert",
    b"<pass",
    b"mypass",
];

/// What is no password as a whole, in small letters.
const WHOLE_PLACEHOLDERS: [&[u8]; 7] =
    [b"password", b"passwd", b"pass_word", b"db_password", b"dbpassword", b"my_password", b"token"];

impl Login<'_> {
    /// Whether the password is one, and not a variable, a mask or a word for it.
    fn is_real(&self) -> bool {
        let password = self.password;
        let varied = password.windows(2).any(|pair| pair[0] != pair[1]);
        // `$NAME`, `{name}`, `%s`, `<name>`, `[name]`, `$(name)`.
        let variable = matches!(password.first(), Some(b'$' | b'{' | b'<' | b'[' | b'('))
            || password == b"%s"
            || contains(password, b"${")
            || contains(password, b"{{")
            || contains(password, b"$(")
            || contains(password, b"**")
            || contains(self.user, b"${");
        password.len() >= PASSWORD_BYTES_MIN
            && varied
            && !variable
            && !PLACEHOLDERS.iter().any(|word| contains(password, word))
            && !WHOLE_PLACEHOLDERS.iter().any(|word| password.eq_ignore_ascii_case(word))
    }
}

/// Whether `text` holds `word`, in any case.
fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}

/// Schemes of databases, caches and message brokers, without the driver that may follow a `+`.
const DATABASES: [&[u8]; 34] = [
    b"postgres",
    b"postgresql",
    b"postgis",
    b"psql",
    b"pgsql",
    b"mysql",
    b"mysql2",
    b"mariadb",
    b"mongodb",
    b"redis",
    b"rediss",
    b"amqp",
    b"amqps",
    b"mssql",
    b"sqlserver",
    b"oracle",
    b"cockroachdb",
    b"cockroach",
    b"clickhouse",
    b"cassandra",
    b"couchdb",
    b"neo4j",
    b"bolt",
    b"snowflake",
    b"redshift",
    b"trino",
    b"presto",
    b"hive",
    b"db2",
    b"nats",
    b"elasticsearch",
    b"memcached",
    b"influxdb",
    b"libsql",
];

/// Whether URLs of a scheme are reported under another name.
fn has_own_identifier(scheme: &[u8]) -> bool {
    is_database(scheme) || scheme.eq_ignore_ascii_case(b"cloudinary")
}

fn is_database(scheme: &[u8]) -> bool {
    let name = scheme.split(|byte| *byte == b'+').next().unwrap_or_default();
    DATABASES.iter().any(|database| database.eq_ignore_ascii_case(name))
}

/// Where host, port and path end that begin at the match's last character. A query is left out.
fn tail_end(candidate: &Candidate<'_>) -> usize {
    let from = candidate.found.end;
    let limit = candidate.value.end.min(from + TAIL_BYTES_MAX);
    let rest = &candidate.text[from..limit];
    let length = rest.iter().position(|byte| !is_tail(*byte)).unwrap_or(rest.len());
    let trailing =
        rest[..length].iter().rev().take_while(|byte| matches!(byte, b'.' | b',' | b':')).count();
    from + length - trailing
}

fn is_tail(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".-_:/,%~@+]".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The reported end of a match that ends with the host's first character.
    fn end(check: &Check, text: &str) -> Option<usize> {
        let host = text.rfind('@').map_or(text.len(), |at| (at + 2).min(text.len()));
        check.run(&Candidate { text: text.as_bytes(), value: 0..text.len(), found: 0..host })
    }

    #[test]
    fn passwords_and_where_urls_end() {
        let text = "https://mira:Zw4-kelp@host.example:8443/a/b?c=d";
        assert_eq!(end(&URL_PASSWORD, text), text.find('?'));
        let text = "see ftp://mira:Zw4-kelp@host.example.";
        assert_eq!(end(&URL_PASSWORD, &text[4..]), Some(text.len() - 5));
        assert!(end(&URL_PASSWORD, "postgres://mira:Zw4-kelp@db").is_none());
        assert!(end(&DATABASE_PASSWORD, "postgres://mira:Zw4-kelp@db").is_some());
        assert!(end(&DATABASE_PASSWORD, "mysql+pymysql://mira:Zw4-kelp@db").is_some());
        assert!(end(&DATABASE_PASSWORD, "redis://:Zw4-kelp@db").is_some());
    }

    #[test]
    fn placeholders_are_no_passwords() {
        for password in [
            "password",
            "${PASS}",
            "{{pass}}",
            "{PASS}",
            "$(PASS)",
            "<pass>",
            "****",
            "xxxx",
            "1111",
            "abc",
            "YOUR_PASSWORD",
            "REPLACE_WITH_IT",
            "$PASSWORD",
            "mypassword",
        ] {
            let text = format!("https://mira:{password}@host.example/");
            assert!(end(&URL_PASSWORD, &text).is_none(), "{password}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_borne(text in any::<String>(), cut in 0..40usize) {
            let found = 0..cut.min(text.len());
            for check in [&URL_PASSWORD, &DATABASE_PASSWORD, &DATABASE_PARAMETER] {
                let candidate = Candidate { text: text.as_bytes(), value: 0..text.len(), found: found.clone() };
                let _ = check.run(&candidate);
            }
        }
    }
}
