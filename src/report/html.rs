//! Pieces of HTML: tables, paragraphs, numbers.

use crate::plot::svg::escaped;

/// A table: the head of each column, and rows of cells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) head: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new() }
    }

    /// The table; the first cell of a row names it.
    pub(crate) fn html(&self) -> String {
        let head: String = self.head.iter().map(|cell| format!("<th scope=\"col\">{}</th>", escaped(cell))).collect();
        let row = |cells: &Vec<String>| {
            let cells = cells.iter().enumerate().map(|(at, cell)| match at {
                0 => format!("<th scope=\"row\">{}</th>", escaped(cell)),
                _ => format!("<td>{}</td>", escaped(cell)),
            });
            format!("<tr>{}</tr>\n", cells.collect::<String>())
        };
        let rows: String = self.rows.iter().map(row).collect();
        format!(
            "<div class=\"wide\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
        )
    }
}

/// A number with so many decimals; a dash where there is none.
pub(crate) fn number(value: f64, digits: usize) -> String {
    match value {
        _ if value.is_nan() => "–".into(),
        _ if value.is_infinite() => "∞".into(),
        _ if value < 0.0 => format!("−{:.digits$}", -value),
        _ => format!("{value:.digits$}"),
    }
}

/// A share as percent.
pub(crate) fn percent(share: f64) -> String {
    if share.is_nan() { "–".into() } else { format!("{:.1} %", 100.0 * share) }
}

/// A time in ms without zeros at the end.
pub(crate) fn milliseconds(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A paragraph.
pub(crate) fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", escaped(text))
}

/// A small remark below a table or a figure.
pub(crate) fn remark(text: &str) -> String {
    format!("<p class=\"remark\">{}</p>\n", escaped(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_and_what_is_not_known_is_a_dash() {
        let mut table = Table::new(&["state", "Hz"]);
        table.rows.push(vec!["<b>".into(), number(f64::NAN, 2)]);
        let html = table.html();
        assert!(html.contains("<th scope=\"row\">&lt;b&gt;</th><td>–</td>"), "{html}");
        assert_eq!(
            [number(-0.5, 1), number(1.25, 1), percent(0.987), milliseconds(200.0)],
            ["−0.5", "1.2", "98.7 %", "200"]
        );
    }
}
