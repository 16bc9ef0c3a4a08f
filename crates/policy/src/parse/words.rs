//! A cursor over the words of one line.

use crate::layout::Line;
use crate::problem::{Problem, Span};
use crate::token::{Kind, Token, tokens};
use crate::tree::{Cite, Named};

/// How deep expressions may nest, brackets and indented lines together.
pub(super) const DEEPEST: usize = 32;
/// How many operators may stand in one chain.
pub(super) const LONGEST_CHAIN: usize = 24;

/// The words of one line, read from the left.
pub(super) struct Words<'a> {
    pub source: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// The line's end, for what is missing there.
    end: Span,
    /// The lines below, until an expression takes them.
    pub under: Option<&'a [Line]>,
    pub depth: usize,
    pub cite: Cite,
}

impl<'a> Words<'a> {
    /// The words of a line from byte `from` on. A closing 《…》 and 待核 are taken off as its cite.
    pub fn new(source: &'a str, span: Span, under: &'a [Line], depth: usize, problems: &mut Vec<Problem>) -> Self {
        let mut tokens = tokens(source, span, problems);
        let mut cite = Cite::default();
        while let Some(last) = tokens.last() {
            match &last.kind {
                Kind::Article(article) if cite.article.is_none() => cite.article = Some(article.clone()),
                Kind::Word(word) if tokens.len() > 1 && matches!(word.as_str(), "待核" | "unverified") => {
                    cite.unverified = true
                }
                _ => break,
            }
            tokens.pop();
        }
        let end = Span::new(span.end, span.end);
        Words { source, tokens, at: 0, end, under: Some(under), depth, cite }
    }

    pub fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    pub fn peek_at(&self, ahead: usize) -> Option<&Kind> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    pub fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Where the next word stands, or the end of the line.
    pub fn here(&self) -> Span {
        self.tokens.get(self.at).map_or(self.end, |token| token.span)
    }

    /// Where the word before stands.
    pub fn before(&self) -> Span {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(self.end, |token| token.span)
    }

    pub fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    /// Takes the next word where it is this sign.
    pub fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Kind::Sign(found)) if *found == sign);
        self.at += usize::from(found);
        found
    }

    /// Whether the next word is one of these.
    pub fn is_word(&self, words: &[&str]) -> bool {
        matches!(self.peek(), Some(Kind::Word(found)) if words.contains(&found.as_str()))
    }

    /// Takes the next word where it is one of these.
    pub fn word(&mut self, words: &[&str]) -> bool {
        let found = self.is_word(words);
        self.at += usize::from(found);
        found
    }

    /// The next word as a name. A bracket that touches it belongs to it: 研发费用(加计扣除口径).
    pub fn name(&mut self, problems: &mut Vec<Problem>) -> Option<Named> {
        let Some(Kind::Word(text)) = self.peek().cloned() else {
            self.expected("一个名称", "a name", problems);
            return None;
        };
        let mut span = self.here();
        self.at += 1;
        let mut text = text;
        while let Some(token) = self.tokens.get(self.at).filter(|token| token.span.start == span.end) {
            match &token.kind {
                Kind::Word(more) => text.push_str(more),
                Kind::Sign("(") => {
                    let close = self.tokens[self.at..].iter().position(|token| token.kind == Kind::Sign(")"));
                    let Some(close) = close else { break };
                    let inner = Span::new(token.span.start, self.tokens[self.at + close].span.end);
                    text.extend(inner.of(self.source).chars().map(crate::token::fold).filter(|c| !c.is_whitespace()));
                    self.at += close;
                }
                _ => break,
            }
            span = span.to(self.tokens.get(self.at).map_or(span, |token| token.span));
            self.at += 1;
        }
        Some(Named { text, span })
    }

    /// Reports that something else was expected here.
    pub fn expected(&self, zh: &str, en: &str, problems: &mut Vec<Problem>) {
        let span = self.here();
        let found = span.of(self.source);
        let (found_zh, found_en) = match found {
            "" => ("行尾".to_owned(), "the end of the line".to_owned()),
            found => (format!("“{found}”"), format!("{found:?}")),
        };
        problems.push(Problem::error(
            "unexpected",
            span,
            format!("这里是{found_zh}，应为{zh}"),
            format!("found {found_en}, expected {en}"),
        ));
    }

    /// Reports what is left over on the line and the lines below that nothing took.
    pub fn finish(&mut self, problems: &mut Vec<Problem>) -> bool {
        if !self.is_done() {
            let span = self.here().to(self.tokens.last().map_or(self.end, |token| token.span));
            let rest = span.of(self.source);
            problems.push(
                Problem::error(
                    "left-over",
                    span,
                    format!("多出的内容“{rest}”"),
                    format!("nothing can follow here: {rest:?}"),
                )
                .hint("检查运算符是否缺失，或另起一行", "an operator may be missing, or start a new line"),
            );
            return false;
        }
        if let Some(line) = self.under.take().and_then(|under| under.first()) {
            let (zh, en) = ("这一行缩进在一个没有下级的行之下", "this line is indented under one that takes no lines");
            problems.push(Problem::error("indentation", line.span, zh, en).hint("调整缩进", "change its indentation"));
            return false;
        }
        true
    }

    /// Reports that the expression nests too deeply.
    pub fn too_deep(&self, problems: &mut Vec<Problem>) {
        let (zh, en) = (format!("嵌套超过 {DEEPEST} 层"), format!("nested more than {DEEPEST} levels deep"));
        if problems.last().is_none_or(|last| last.code != "too-deep") {
            problems.push(
                Problem::error("too-deep", self.here(), zh, en)
                    .hint("用“设”把里层单独命名", "name the inner part with 设"),
            );
        }
    }

    /// Moves to the end, after a problem nothing sensible can follow.
    pub fn give_up(&mut self) {
        self.at = self.tokens.len();
        self.under = None;
    }
}
