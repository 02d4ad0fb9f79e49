//! The page: its frame, its style sheet and script, and how to repeat the run.

use crate::findings::{self, ModelKind};
use crate::plot::figure::Figure;
use crate::plot::naming;
use crate::plot::svg::{self, Target, escaped};
use crate::plot::{Options, Theme};
use crate::results::Results;

use super::hover;
use super::html::{paragraph, remark};

/// Refuses everything but what is in the page itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// A page that is being put together.
pub(super) struct Page {
    title: String,
    body: String,
}

impl Page {
    pub(super) fn new(results: &Results) -> Self {
        let title = naming::title(results);
        let body = format!("<header>\n<h1>{}</h1>\n", escaped(&title));
        Self { title, body }
    }

    /// What the run is, in words, each a paragraph; ends the head of the page.
    pub(super) fn words(&mut self, paragraphs: &[String]) {
        paragraphs.iter().for_each(|text| self.body += &paragraph(text));
        self.body += "</header>\n";
    }

    /// A part of the page.
    pub(super) fn section(&mut self, title: &str, html: &str) {
        self.body += &format!("<section>\n<h2>{}</h2>\n{html}</section>\n", escaped(title));
    }

    /// A figure that can be zoomed and hovered.
    pub(super) fn figure(&mut self, title: &str, figure: &Figure) {
        let mut drawn = figure.clone();
        // The page has them itself.
        let notes: String = drawn.notes.drain(..).map(|note| remark(&note)).collect();
        (drawn.title, drawn.subtitle) = (String::new(), String::new());
        let options = Options { width_mm: 215.0, ..Options::default() };
        let scene = crate::plot::scene(&drawn, &options);
        let data = hover::data(&drawn, &scene);
        let html = format!(
            "<div class=\"tools\"><button type=\"button\" data-zoom=\"in\" aria-label=\"zoom in\">+</button>\
             <button type=\"button\" data-zoom=\"out\" aria-label=\"zoom out\">−</button>\
             <button type=\"button\" data-zoom=\"all\">all</button>\
             <span>drag over a stretch to zoom in; double-click for all</span></div>\n\
             <figure class=\"wide\" tabindex=\"0\">\n{}<output hidden></output>\n\
             <script type=\"application/json\">{data}</script>\n</figure>\n{notes}",
            svg::write(&scene, Target::Page)
        );
        self.section(title, &html);
    }

    /// The configuration, the hash and what to type.
    pub(super) fn repeat(&mut self, results: &Results) {
        let attributes = results.attributes();
        let hash = match &attributes.run_hash {
            Some(hash) => {
                let who = match findings::model(results) {
                    ModelKind::Rate => format!("the same on the same engine ({})", attributes.engine),
                    ModelKind::Spiking | ModelKind::Hopfield => "the same, on any machine".to_owned(),
                };
                paragraph(&format!("The run has the hash {hash}: whoever repeats it gets {who}."))
            }
            None => paragraph("The run did not come to its end, so it has no hash yet."),
        };
        let file = naming::file_name(results);
        let name = format!("{file}.toml");
        let commands = format!("attractor run {name}\nattractor info {file}.h5   # tells the run_hash");
        let computed = format!(
            "Computed by attractor {} on {}: {} ({}), started {}{}.",
            attributes.attractor_version,
            attributes.engine,
            attributes.adapter,
            attributes.driver,
            attributes.started,
            attributes.finished.as_ref().map_or(String::new(), |finished| format!(", finished {finished}")),
        );
        let html = format!(
            "{hash}<p>Save the configuration below as <code>{}</code>, then:</p>\n<pre>{}</pre>\n{}\
             <details><summary>The configuration, every default included</summary>\n<pre id=\"configuration\">{}</pre></details>\n",
            escaped(&name),
            escaped(&commands),
            paragraph(&computed),
            escaped(&attributes.config),
        );
        self.section("How to repeat it", &html);
    }

    /// The whole page.
    pub(super) fn html(&self) -> String {
        let style = include_str!("page.css")
            .replace("/*LIGHT*/", &svg::properties(Theme::Light))
            .replace("/*DARK*/", &svg::properties(Theme::Dark));
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n\
             <title>{}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{}</main>\n<script>\n{}</script>\n</body>\n</html>\n",
            escaped(&self.title),
            self.body,
            include_str!("page.js"),
        )
    }
}
