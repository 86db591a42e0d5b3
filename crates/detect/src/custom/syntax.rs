//! The regexes that operators write: the subset of PCRE that Macie takes, read into a form that runs in
//! linear time.
//!
//! `\d`, `\w`, `\s` and `\b` mean ASCII; literals and `.` are characters of UTF-8; `^` and `$` are the
//! start and the end of the whole value or file. What PCRE and the parser here read differently is
//! refused, so that no regex silently means something else.

use super::error::RegexError;
use regex_syntax::ast::{
    self, AssertionKind, Ast, ClassAscii, ClassAsciiKind, ClassBracketed, ClassPerl, ClassPerlKind,
    ClassSet, ClassSetItem, Flag, Flags, FlagsItemKind, GroupKind, RepetitionKind, RepetitionRange,
    Span,
};
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{self, Hir, HirKind, Look};

/// A regex has at most this many characters.
pub const REGEX_CHARS_MAX: usize = 512;

/// A repeat with an upper bound counts at most this far; one without, from at most this far.
pub const REPEAT_MAX: u32 = 300;

/// Groups and repeats in one another.
const NEST_MAX: u32 = 32;

/// So many repeats without bounds after one another are refused.
const STACKED_WILDCARDS: usize = 3;

/// A literal is worth looking for from this length on.
const LITERAL_BYTES_MIN: usize = 2;

/// A regex that was read.
#[derive(Debug)]
pub(crate) struct Form {
    pub hir: Hir,
}

/// A literal that every match holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Required {
    pub bytes: Vec<u8>,
    /// How many bytes stand before it in every match, if that is always the same.
    pub offset: Option<usize>,
}

impl Form {
    /// Reads a regex, and refuses what is not supported.
    pub fn read(pattern: &str) -> Result<Self, RegexError> {
        let chars = pattern.chars().count();
        if chars > REGEX_CHARS_MAX {
            return Err(RegexError::TooLong { chars });
        }
        let mut parser = ast::parse::ParserBuilder::new();
        let mut ast = parser
            .nest_limit(NEST_MAX)
            .build()
            .parse(pattern)
            .map_err(|error| of_parser(&error))?;
        check(&mut ast)?;
        let mut translator = TranslatorBuilder::new();
        let hir = translator.utf8(true).build().translate(pattern, &ast).map_err(|error| {
            RegexError::Syntax { at: error.span().start.column, message: error.kind().to_string() }
        })?;
        let hir = plain(&hir);
        match hir.properties().minimum_len() {
            None => Err(RegexError::MatchesNothing),
            Some(0) => Err(RegexError::MatchesEmpty),
            Some(_) => Ok(Self { hir }),
        }
    }

    /// The literal that is best to look for: one at a known place, or else the longest.
    pub fn required(&self) -> Option<Required> {
        let parts = match self.hir.kind() {
            HirKind::Concat(parts) => parts.as_slice(),
            _ => std::slice::from_ref(&self.hir),
        };
        let mut best: Option<Required> = None;
        let mut offset = Some(0);
        for part in parts {
            if let HirKind::Literal(literal) = part.kind()
                && literal.0.len() >= LITERAL_BYTES_MIN
            {
                let rank = (offset.is_some(), literal.0.len());
                if best.as_ref().is_none_or(|b| (b.offset.is_some(), b.bytes.len()) < rank) {
                    best = Some(Required { bytes: literal.0.to_vec(), offset });
                }
            }
            let properties = part.properties();
            offset = match (offset, properties.minimum_len(), properties.maximum_len()) {
                (Some(before), Some(min), Some(max)) if min == max => Some(before + min),
                _ => None,
            };
        }
        best
    }

    /// Whether a match can depend on where the value ends.
    pub fn looks_at_end(&self) -> bool {
        self.hir.properties().look_set().contains(Look::End)
    }

    /// A form that matches whole texts only.
    pub fn whole(&self) -> Hir {
        Hir::concat(vec![Hir::look(Look::Start), self.hir.clone(), Hir::look(Look::End)])
    }

    /// A form that matches wherever this one does, and in more places, with a smaller automaton: nothing
    /// is counted.
    pub fn weakened(&self) -> Hir {
        weaken(&self.hir)
    }
}

fn of_parser(error: &ast::Error) -> RegexError {
    let at = error.span().start.column;
    match error.kind() {
        ast::ErrorKind::UnsupportedBackreference => {
            RegexError::Unsupported { what: "a backreference", at }
        }
        ast::ErrorKind::UnsupportedLookAround => {
            RegexError::Unsupported { what: "look-ahead or look-behind", at }
        }
        ast::ErrorKind::FlagUnrecognized => RegexError::Unsupported {
            what: "a group that is conditional, atomic or recursive, or a flag other than `i`",
            at,
        },
        kind => RegexError::Syntax { at, message: kind.to_string() },
    }
}

/// Refuses what is not supported, and makes `\d`, `\w` and `\s` ASCII.
fn check(ast: &mut Ast) -> Result<(), RegexError> {
    let unsupported =
        |what, span: &Span| Err(RegexError::Unsupported { what, at: span.start.column });
    match ast {
        Ast::Empty(_) | Ast::Literal(_) | Ast::Dot(_) => {}
        Ast::Flags(set) => check_flags(&set.flags)?,
        Ast::Assertion(assertion) => match assertion.kind {
            AssertionKind::StartLine
            | AssertionKind::EndLine
            | AssertionKind::StartText
            | AssertionKind::EndText
            | AssertionKind::WordBoundary
            | AssertionKind::NotWordBoundary => {}
            _ => return unsupported("a boundary other than `\\b` and `\\B`", &assertion.span),
        },
        Ast::ClassUnicode(class) => return unsupported("a class of Unicode", &class.span),
        Ast::ClassPerl(perl) => {
            let class = ClassBracketed {
                span: perl.span,
                negated: perl.negated,
                kind: ClassSet::Item(ClassSetItem::Ascii(ClassAscii {
                    negated: false,
                    ..ascii(perl)
                })),
            };
            *ast = Ast::ClassBracketed(Box::new(class));
        }
        Ast::ClassBracketed(class) => match &mut class.kind {
            ClassSet::Item(item) => check_item(item)?,
            ClassSet::BinaryOp(operation) => {
                let what = "`&&`, `--` or `~~` in brackets (escape them)";
                return unsupported(what, &operation.span);
            }
        },
        Ast::Repetition(repetition) => {
            if matches!(*repetition.ast, Ast::Repetition(_)) {
                return unsupported("a repeat of a repeat", &repetition.op.span);
            }
            check_count(&repetition.op)?;
            check(&mut repetition.ast)?;
        }
        Ast::Group(group) => {
            match &group.kind {
                GroupKind::CaptureIndex(_) => {}
                GroupKind::CaptureName { .. } => return unsupported("a named group", &group.span),
                GroupKind::NonCapturing(flags) => check_flags(flags)?,
            }
            check(&mut group.ast)?;
        }
        Ast::Alternation(alternation) => alternation.asts.iter_mut().try_for_each(check)?,
        Ast::Concat(concat) => {
            check_stacked(&concat.asts)?;
            concat.asts.iter_mut().try_for_each(check)?;
        }
    }
    Ok(())
}

fn check_flags(flags: &Flags) -> Result<(), RegexError> {
    let known = |kind: &FlagsItemKind| {
        matches!(kind, FlagsItemKind::Negation | FlagsItemKind::Flag(Flag::CaseInsensitive))
    };
    match flags.items.iter().find(|item| !known(&item.kind)) {
        None => Ok(()),
        Some(item) => Err(RegexError::Unsupported {
            what: "a flag other than `i`",
            at: item.span.start.column,
        }),
    }
}

fn check_item(item: &mut ClassSetItem) -> Result<(), RegexError> {
    match item {
        ClassSetItem::Empty(_)
        | ClassSetItem::Literal(_)
        | ClassSetItem::Range(_)
        | ClassSetItem::Ascii(_) => Ok(()),
        ClassSetItem::Perl(perl) => {
            *item = ClassSetItem::Ascii(ascii(perl));
            Ok(())
        }
        ClassSetItem::Unicode(class) => {
            Err(RegexError::Unsupported { what: "a class of Unicode", at: class.span.start.column })
        }
        ClassSetItem::Bracketed(class) => Err(RegexError::Unsupported {
            what: "`[` in brackets (escape it)",
            at: class.span.start.column,
        }),
        ClassSetItem::Union(union) => union.items.iter_mut().try_for_each(check_item),
    }
}

fn ascii(perl: &ClassPerl) -> ClassAscii {
    let kind = match perl.kind {
        ClassPerlKind::Digit => ClassAsciiKind::Digit,
        ClassPerlKind::Space => ClassAsciiKind::Space,
        ClassPerlKind::Word => ClassAsciiKind::Word,
    };
    ClassAscii { span: perl.span, kind, negated: perl.negated }
}

fn check_count(op: &ast::RepetitionOp) -> Result<(), RegexError> {
    let RepetitionKind::Range(range) = &op.kind else { return Ok(()) };
    let (RepetitionRange::Exactly(count)
    | RepetitionRange::AtLeast(count)
    | RepetitionRange::Bounded(_, count)) = *range;
    if count > REPEAT_MAX {
        return Err(RegexError::LargeRepeat { at: op.span.start.column, count });
    }
    Ok(())
}

fn check_stacked(parts: &[Ast]) -> Result<(), RegexError> {
    let wild = |part: &Ast| match part {
        Ast::Repetition(repetition) => matches!(
            repetition.op.kind,
            RepetitionKind::ZeroOrMore | RepetitionKind::Range(RepetitionRange::AtLeast(0))
        ),
        _ => false,
    };
    match parts.windows(STACKED_WILDCARDS).find(|window| window.iter().all(wild)) {
        None => Ok(()),
        Some(window) => Err(RegexError::StackedWildcards { at: window[0].span().start.column }),
    }
}

/// Without captures, and with word boundaries of ASCII.
fn plain(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => hir.clone(),
        HirKind::Look(Look::WordUnicode) => Hir::look(Look::WordAscii),
        HirKind::Look(Look::WordUnicodeNegate) => Hir::look(Look::WordAsciiNegate),
        HirKind::Look(_) => hir.clone(),
        HirKind::Repetition(repetition) => Hir::repetition(repetition.with(plain(&repetition.sub))),
        HirKind::Capture(capture) => plain(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(plain).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(plain).collect()),
    }
}

fn weaken(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Repetition(repetition) if repetition.max != Some(1) => {
            Hir::repetition(hir::Repetition {
                min: repetition.min.min(1),
                max: None,
                greedy: repetition.greedy,
                sub: Box::new(weaken(&repetition.sub)),
            })
        }
        HirKind::Repetition(repetition) => {
            Hir::repetition(repetition.with(weaken(&repetition.sub)))
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(weaken).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(weaken).collect()),
        _ => hir.clone(),
    }
}
