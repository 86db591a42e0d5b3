//! The elements that RTF is made of.

use std::io::BufRead;

/// Letters of a control word, by the specification 32.
const WORD_BYTES_MAX: usize = 64;

/// One element of the text.
pub(super) enum Token {
    Open,
    Close,
    Byte(u8),
    /// A byte written in hexadecimal.
    Hex(u8),
    Symbol(u8),
    /// Its name is in the word that the reader of tokens fills.
    Word(Option<i32>),
    End,
}

pub(super) fn token(word: &mut String, input: &mut dyn BufRead) -> std::io::Result<Token> {
    let Some(byte) = next(input)? else { return Ok(Token::End) };
    Ok(match byte {
        b'{' => Token::Open,
        b'}' => Token::Close,
        b'\\' => match next(input)? {
            None => Token::End,
            Some(b'\'') => {
                let high = next(input)?.and_then(digit);
                let low = next(input)?.and_then(digit);
                match high.zip(low) {
                    Some((high, low)) => Token::Hex(high << 4 | low),
                    None => Token::Symbol(b'\''),
                }
            }
            Some(letter) if letter.is_ascii_alphabetic() => control_word(word, letter, input)?,
            Some(symbol) => Token::Symbol(symbol),
        },
        byte => Token::Byte(byte),
    })
}

fn control_word(word: &mut String, letter: u8, input: &mut dyn BufRead) -> std::io::Result<Token> {
    word.clear();
    word.push(char::from(letter));
    let mut digits = String::new();
    while let Some(byte) = peek(input)? {
        let is_name = digits.is_empty() && byte.is_ascii_alphabetic();
        let is_number = byte.is_ascii_digit() || byte == b'-' && digits.is_empty();
        if is_name && word.len() < WORD_BYTES_MAX {
            word.push(char::from(byte));
        } else if is_number && digits.len() < 12 {
            digits.push(char::from(byte));
        } else {
            if byte == b' ' {
                input.consume(1);
            }
            break;
        }
        input.consume(1);
    }
    Ok(Token::Word(digits.parse::<i64>().ok().map(|value| value as i32)))
}

pub(super) fn next(input: &mut dyn BufRead) -> std::io::Result<Option<u8>> {
    let byte = peek(input)?;
    if byte.is_some() {
        input.consume(1);
    }
    Ok(byte)
}

fn peek(input: &mut dyn BufRead) -> std::io::Result<Option<u8>> {
    loop {
        match input.fill_buf() {
            Ok(bytes) => return Ok(bytes.first().copied()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

pub(super) fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}
