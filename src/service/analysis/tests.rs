use super::*;
use std::collections::VecDeque;
use std::task::Waker;

type Item = Result<AnalysisPart, AnalystFault>;

/// Gives what it was given, at once.
struct Script(VecDeque<Item>);

impl Stream for Script {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Item>> {
        Poll::Ready(self.0.pop_front())
    }
}

/// Gives the same for ever.
struct Endless(&'static str);

impl Stream for Endless {
    type Item = Item;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Item>> {
        Poll::Ready(Some(text(self.0)))
    }
}

struct Nobody;

impl Analyst for Nobody {
    fn analyse(&self, _: AnalysisRequest) -> AnalysisParts {
        Box::pin(Script(VecDeque::new()))
    }
}

fn text<E>(text: &str) -> Result<AnalysisPart, E> {
    Ok(AnalysisPart::Text(text.to_owned()))
}

fn done<E>() -> Result<AnalysisPart, E> {
    Ok(AnalysisPart::Done(AnalysisUsage {
        model: "model".to_owned(),
        input_tokens: 1,
        output_tokens: 2,
    }))
}

fn analysis(parts: impl Stream<Item = Item> + Send + 'static) -> Analysis {
    let place = LimitedAnalyst::new(Arc::new(Nobody)).start(SessionId::from_bits(1));
    Analysis::new(Box::pin(parts), DEADLINE, place.unwrap())
}

/// Everything that comes of these parts until the end.
fn heard(
    parts: impl Stream<Item = Item> + Send + 'static,
) -> Vec<Result<AnalysisPart, AnalysisFailure>> {
    let mut analysis = analysis(parts);
    let mut context = Context::from_waker(Waker::noop());
    let mut heard = Vec::new();
    while let Poll::Ready(Some(item)) = Pin::new(&mut analysis).poll_next(&mut context) {
        heard.push(item);
    }
    heard
}

fn script(parts: impl IntoIterator<Item = Item>) -> Script {
    Script(parts.into_iter().collect())
}

fn length(heard: &[Result<AnalysisPart, AnalysisFailure>]) -> usize {
    let texts = heard.iter().map(|item| match item {
        Ok(AnalysisPart::Text(text)) => text.len(),
        _ => 0,
    });
    texts.sum()
}

#[test]
fn an_answer_ends_with_what_it_took_whatever_comes_after_it() {
    let parts = [
        text("A mole."),
        text(""),
        text(" Brown."),
        done(),
        text("!"),
    ];
    assert_eq!(
        heard(script(parts)),
        [text("A mole."), text(" Brown."), done()]
    );
}

#[test]
fn an_answer_that_breaks_off_is_not_taken_for_a_complete_one() {
    let cut = heard(script([text("A mole")]));
    assert_eq!(cut, [text("A mole"), Err(AnalysisFailure::Malformed)]);
    let failed = script([text("A"), Err(AnalystFault::Declined), text("mole"), done()]);
    assert_eq!(heard(failed), [text("A"), Err(AnalysisFailure::Declined)]);
}

#[test]
fn an_answer_of_the_longest_length_is_whole_and_a_longer_one_is_cut() {
    let longest = "a".repeat(MAX_ANSWER_BYTES);
    assert_eq!(
        heard(script([text(&longest), done()])),
        [text(&longest), done()]
    );
    let longer = heard(script([text(&longest), text("a"), done()]));
    assert_eq!(longer, [text(&longest), Err(AnalysisFailure::TooLong)]);
}

#[test]
fn the_cut_goes_through_no_character() {
    // Three bytes each: the last one that begins within the limit does not fit.
    let parts = heard(Endless("\u{20ac}\u{20ac}\u{20ac}\u{20ac}\u{20ac}"));
    assert_eq!(parts.last(), Some(&Err(AnalysisFailure::TooLong)));
    assert_eq!(length(&parts), MAX_ANSWER_BYTES / 3 * 3);
}

#[test]
fn one_enormous_piece_is_cut_too() {
    let parts = heard(script([text(&"\u{101}".repeat(5_000_000)), done()]));
    assert_eq!(parts.len(), 2);
    assert_eq!(length(&parts), MAX_ANSWER_BYTES);
}

#[test]
fn an_endless_stream_of_nothing_ends() {
    assert_eq!(heard(Endless("")), [Err(AnalysisFailure::TooLong)]);
}

#[test]
fn a_busy_analyst_is_left_alone_for_whole_seconds_and_an_hour_at_most() {
    for (asked, told) in [(1500, 2), (2000, 2), (86_400_000, 3600)] {
        let retry_after = Some(Duration::from_millis(asked));
        let failure = failure_of(&AnalystFault::Busy { retry_after });
        let retry_after = Some(told);
        assert_eq!(failure, AnalysisFailure::Busy { retry_after });
    }
}

#[test]
fn a_session_has_one_place_and_gets_it_back() {
    let limited = LimitedAnalyst::new(Arc::new(Nobody));
    let (one, other) = (SessionId::from_bits(1), SessionId::from_bits(2));
    let place = limited.start(one).unwrap();
    for _ in 0..2 {
        assert_eq!(limited.start(one).err(), Some(Refusal::AnalysisRunning));
    }
    limited.start(other).unwrap();
    drop(place);
    limited.start(one).unwrap();
}
