//! Draws what is watched: a line of progress, bars beside numbers, and the raster below.

use std::io::{self, Stderr, stderr};

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize as _};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::canvas::{Canvas, Points};
use ratatui::widgets::{Block, Gauge, Paragraph};
use ratatui::{Frame, Terminal};

use super::Shown;

/// Colours of bars and of kinds of rows, in turn.
const COLOURS: [Color; 6] = [Color::Blue, Color::LightRed, Color::Green, Color::Magenta, Color::Yellow, Color::Cyan];
/// The value of a full bar.
const FULL: f64 = 1.25;
/// Cells of a bar that are filled by eighths.
const EIGHTHS: [&str; 9] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];
/// Room for the names of bars and rows.
const NAME: usize = 14;

/// The terminal, taken for drawing: standard error, so that standard output stays the answer's.
pub(super) fn take() -> io::Result<Terminal<CrosstermBackend<Stderr>>> {
    enable_raw_mode()?;
    execute!(stderr(), EnterAlternateScreen)?;
    Terminal::new(CrosstermBackend::new(stderr()))
}

/// Gives it back. Nothing is left to be done about a terminal that refuses.
pub(super) fn restore() {
    let _ = disable_raw_mode();
    let _ = execute!(stderr(), LeaveAlternateScreen, ratatui::crossterm::cursor::Show);
}

/// Draws one picture.
pub(super) fn draw(frame: &mut Frame<'_>, name: &str, shown: &Shown, stopping: bool) {
    let bars = shown.bars.len().max(shown.numbers.len()) as u16 + 1;
    let [head, progress, _, middle, raster] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(bars),
        Constraint::Min(0),
    ])
    .areas(frame.area());
    let hint = if stopping { "ending at the next block" } else { "q ends the run" };
    let [title, right] = Layout::horizontal([Constraint::Min(0), Constraint::Length(26)]).areas(head);
    frame.render_widget(Line::from(name.to_owned()).bold(), title);
    frame.render_widget(Line::from(hint).dim().right_aligned(), right);
    let done = shown.steps[0] as f64 / shown.steps[1].max(1) as f64;
    let gauge = Gauge::default().ratio(done.clamp(0.0, 1.0)).label(shown.told.clone()).use_unicode(true);
    frame.render_widget(gauge.gauge_style(Style::new().fg(Color::Blue).bg(Color::DarkGray)), progress);
    let [left, right] = Layout::horizontal([Constraint::Min(20), Constraint::Length(32)]).areas(middle);
    draw_bars(frame, left, shown);
    draw_numbers(frame, right, shown);
    if !shown.rows.is_empty() {
        draw_raster(frame, raster, shown);
    }
}

fn draw_bars(frame: &mut Frame<'_>, area: Rect, shown: &Shown) {
    let room = usize::from(area.width).saturating_sub(NAME + 8);
    let mut lines = vec![Line::from(shown.bars_title).dim()];
    for (at, bar) in shown.bars.iter().enumerate() {
        lines.push(Line::from(vec![
            Span::raw(format!("{:<NAME$.NAME$}", bar.name)),
            Span::raw(format!("{:>6.2} ", bar.value)),
            Span::styled(filled(bar.value, room), Style::new().fg(COLOURS[at % COLOURS.len()])),
        ]));
    }
    frame.render_widget(Paragraph::new(lines), area);
}

/// A bar of at most so many cells.
fn filled(value: f64, room: usize) -> String {
    let eighths = (value / FULL * room as f64 * 8.0).clamp(0.0, room as f64 * 8.0) as usize;
    EIGHTHS[8].repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

fn draw_numbers(frame: &mut Frame<'_>, area: Rect, shown: &Shown) {
    let mut lines = vec![Line::from(format!("  {}", shown.numbers_title)).dim()];
    lines.extend(shown.numbers.iter().map(|(name, number)| Line::from(format!("  {name:<16.16} {number:>12}"))));
    frame.render_widget(Paragraph::new(lines), area);
}

fn draw_raster(frame: &mut Frame<'_>, area: Rect, shown: &Shown) {
    let [names, dots] = Layout::horizontal([Constraint::Length(NAME as u16), Constraint::Min(0)]).areas(area);
    let rows = shown.rows.len() as f64;
    let width = usize::from(dots.width) * 2;
    let skipped = shown.columns.len().saturating_sub(width);
    let first = width.saturating_sub(shown.columns.len());
    let fired = |wanted: usize| -> Vec<(f64, f64)> {
        let columns = shown.columns.iter().skip(skipped).enumerate();
        columns
            .flat_map(|(at, &column)| {
                (0..shown.rows.len()).filter(move |&row| column >> row & 1 == 1).map(move |row| (at, row))
            })
            .filter(|&(_, row)| kind(&shown.rows, row) == wanted)
            .map(|(at, row)| ((first + at) as f64, rows - 1.0 - row as f64))
            .collect()
    };
    let kinds = shown.rows.len().checked_sub(1).map_or(0, |last| kind(&shown.rows, last) + 1);
    let points: Vec<Vec<(f64, f64)>> = (0..kinds).map(fired).collect();
    let canvas = Canvas::default()
        .block(Block::new())
        .marker(Marker::Braille)
        .x_bounds([0.0, width.max(2) as f64 - 1.0])
        .y_bounds([0.0, (rows - 1.0).max(1.0)])
        .paint(|context| {
            for (kind, coords) in points.iter().enumerate() {
                context.draw(&Points { coords, color: COLOURS[kind % COLOURS.len()] });
            }
        });
    frame.render_widget(canvas, dots);
    draw_names(frame, names, shown);
}

/// The kind of a row: kinds are numbered from the top.
fn kind(rows: &[String], row: usize) -> usize {
    rows[..=row].windows(2).filter(|pair| pair[0] != pair[1]).count()
}

/// The name of each kind, in the middle of its rows.
fn draw_names(frame: &mut Frame<'_>, area: Rect, shown: &Shown) {
    let mut row = 0;
    for (at, rows) in shown.rows.chunk_by(|a, b| a == b).enumerate() {
        let middle = (row as f64 + rows.len() as f64 / 2.0) / shown.rows.len() as f64;
        let y = area.y + (middle * f64::from(area.height)) as u16;
        if y < area.bottom() {
            let place = Rect { y, height: 1, ..area };
            let text = Span::styled(format!("{:<.*}", NAME - 1, rows[0]), Style::new().fg(COLOURS[at % COLOURS.len()]));
            frame.render_widget(Line::from(text), place);
        }
        row += rows.len();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use ratatui::backend::TestBackend;

    use super::super::Bar;
    use super::*;

    fn text(width: u16, height: u16, shown: &Shown) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, "small", shown, false)).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn everything_is_drawn_and_no_terminal_is_too_small() {
        let shown = Shown {
            bars_title: "overlap",
            bars: vec![Bar { name: "pattern 3".into(), value: 1.25 }, Bar { name: "pattern 7".into(), value: -0.1 }],
            numbers_title: "rate",
            numbers: vec![("excitatory".into(), "4.5 Hz".into())],
            rows: ["pattern 3", "pattern 3", "others"].map(String::from).to_vec(),
            columns: VecDeque::from([0b001, 0b110, 0b111]),
            steps: [50, 100],
            told: "0.05 s of 0.10 s".into(),
        };
        let drawn = text(80, 24, &shown);
        for part in
            ["small", "q ends the run", "0.05 s of 0.10 s", "pattern 3", "1.25 ███", "-0.10", "4.5 Hz", "others", "⠁"]
        {
            assert!(drawn.contains(part) || part == "⠁", "`{part}` is not in\n{drawn}");
        }
        assert!(drawn.chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c)), "{drawn}");
        for (width, height) in [(1, 1), (10, 3), (20, 5), (300, 100)] {
            text(width, height, &shown);
            text(width, height, &Shown::default());
        }
    }

    #[test]
    fn bars_end_at_their_room() {
        assert_eq!([-1.0, 0.0, FULL / 2.0, FULL, 9.0].map(|value| filled(value, 4)), ["", "", "██", "████", "████"]);
        assert_eq!(filled(FULL / 64.0, 8), "▏");
    }
}
