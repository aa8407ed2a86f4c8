//! `Chart`: bars, lines and areas as SVG, and the same data as a table, for screen readers and exact values.

mod curve;
mod scale;

use serde_json::Value;

use super::{
    super::{props::Props, style},
    DrawContext,
};
use crate::ui::{tree::Element, words::widgets as words};
use scale::Scale;

const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 260.0;
const BOTTOM: f64 = 24.0;
const TOP: f64 = 8.0;
const AXIS: f64 = 44.0;
/// Limits of what can be displayed and rendered in time.
const MAX_ROWS: usize = 1_000;
const MAX_SERIES: usize = 24;
/// Limit of values, so that sums of stacks remain finite.
const LARGEST: f64 = 1e300;

/// Data and layout shared by all parts of a chart.
struct Plot<'a> {
    rows: Vec<Props<'a>>,
    series: Vec<Series<'a>>,
    /// Label below each row.
    labels: Vec<String>,
    left: f64,
    scale: Scale,
    /// True if points have tooltips.
    has_tooltips: bool,
}

#[derive(Clone, Copy)]
struct Series<'a> {
    props: Props<'a>,
    key: &'a str,
    label: &'a str,
    kind: &'a str,
    number: usize,
}

/// Renders the chart. Returns `None` without rows or series.
pub(super) fn chart(ctx: DrawContext<'_>) -> Option<Element> {
    let plot = Plot::read(ctx.props)?;
    let svg = Element::new("svg")
        .attribute("viewBox", format!("0 0 {WIDTH} {HEIGHT}"))
        .attribute("aria-hidden", "true")
        .child(plot.grid(ctx.props.is("showYAxis")))
        .children(plot.bars(ctx.props))
        .children(plot.lines())
        .maybe_child(plot.x_axis(ctx.props));
    let drawn = Element::of("div", "widget-chart__plot").child(svg);
    let drawn = if ctx.props.is("showLegend") { drawn.child(plot.legend()) } else { drawn };
    let figure = Element::of("figure", "widget-chart").child(style::with_box(drawn, ctx.props));
    let details = Element::new("details")
        .child(Element::new("summary").text(words::AS_TABLE))
        .child(Element::of("div", "widget-table").child(plot.table()));
    Some(figure.child(details))
}

impl<'a> Plot<'a> {
    fn read(props: Props<'a>) -> Option<Self> {
        let rows: Vec<_> = props.parts("data").take(MAX_ROWS).collect();
        let series: Vec<_> = props.parts("series").take(MAX_SERIES).enumerate().filter_map(Series::read).collect();
        if rows.is_empty() || series.is_empty() {
            return None;
        }
        let axis = props.part("xAxis");
        let key = axis.map_or(props.text("xAxis"), |it| it.text("dataKey")).unwrap_or_default();
        let names = axis.and_then(|it| it.part("labels"));
        let labels = rows.iter().map(|row| {
            let label = row.get(key).map(words_of).unwrap_or_default();
            names.and_then(|it| it.text(&label)).map_or(label.clone(), ToOwned::to_owned)
        });
        let labels = labels.collect();
        let left = if props.is("showYAxis") { AXIS } else { 4.0 };
        let has_tooltips = props.get("showTooltip").and_then(Value::as_bool).unwrap_or(true);
        let mut plot = Self { rows, series, labels, left, scale: Scale::default(), has_tooltips };
        let ends = plot.series.iter().flat_map(|it| (0..plot.rows.len()).map(|row| plot.span(*it, row)));
        let (low, high) =
            ends.fold((0.0_f64, 0.0_f64), |(low, high), (from, to)| (low.min(from).min(to), high.max(from).max(to)));
        plot.scale = Scale::new(low, high, TOP, HEIGHT - BOTTOM);
        Some(plot)
    }

    fn value(&self, series: Series<'_>, row: usize) -> Option<f64> {
        self.rows.get(row)?.get(series.key)?.as_f64().map(|it| it.clamp(-LARGEST, LARGEST))
    }

    /// Returns the lower and upper end of a value. Stacked values begin at the end of those below.
    fn span(&self, series: Series<'_>, row: usize) -> (f64, f64) {
        let value = self.value(series, row).unwrap_or_default();
        let Some(stack) = series.props.text("stack") else { return (0.0, value) };
        let below = self.series[..].iter().take_while(|it| it.number != series.number);
        let base: f64 = below
            .filter(|it| it.kind == series.kind && it.props.text("stack") == Some(stack))
            .filter_map(|it| self.value(*it, row))
            .filter(|it| (*it < 0.0) == (value < 0.0))
            .sum();
        (base, base + value)
    }

    fn step(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a thousand rows at most")]
        let n_rows = self.rows.len() as f64;
        (WIDTH - self.left) / n_rows
    }

    /// Returns the horizontal centre of a row.
    #[allow(clippy::cast_precision_loss, reason = "a thousand rows at most")]
    fn middle(&self, row: usize) -> f64 {
        self.left + self.step() * (row as f64 + 0.5)
    }

    /// Returns the tooltip of a point, if enabled.
    fn title(&self, series: Series<'_>, row: usize) -> Option<Element> {
        let value = self.value(series, row).filter(|_| self.has_tooltips)?.to_string();
        Some(Element::new("title").text(&words::point(&self.labels[row], series.label, &value)))
    }

    #[allow(clippy::cast_precision_loss, reason = "some dozens of stacks at most")]
    fn bars(&self, props: Props<'_>) -> Vec<Element> {
        let bars: Vec<_> = self.series.iter().filter(|it| it.kind == "bar").copied().collect();
        // Bars of one stack share a position.
        let mut places: Vec<String> = Vec::new();
        let place_of = |it: &Series<'_>| it.props.text("stack").map_or(format!("={}", it.number), ToOwned::to_owned);
        for it in &bars {
            let place = place_of(it);
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let between = props.count("barCategoryGap").map_or(self.step() * 0.2, |it| it as f64).min(self.step() * 0.8);
        let gap = props.count("barGap").map_or(2.0, |it| it as f64);
        let n_places = places.len().max(1) as f64;
        let width = ((self.step() - between - gap * (n_places - 1.0)) / n_places).max(1.0);
        let draw = |it: &Series<'_>| {
            let place = places.iter().position(|place| *place == place_of(it)).unwrap_or_default() as f64;
            let bars = (0..self.rows.len()).filter_map(|row| {
                self.value(*it, row)?;
                let (from, to) = self.span(*it, row);
                let (top, bottom) = (self.scale.at(from.max(to)), self.scale.at(from.min(to)));
                let x = self.left + self.step() * row as f64 + between / 2.0 + place * (width + gap);
                let bar = Element::new("rect")
                    .attribute("x", number(x))
                    .attribute("y", number(top))
                    .attribute("width", number(width))
                    .attribute("height", number((bottom - top).max(1.0)))
                    .attribute("rx", number((width / 4.0).min(3.0)));
                Some(bar.maybe_child(self.title(*it, row)))
            });
            it.colour(Element::of("g", "widget-chart__bars")).children(bars)
        };
        bars.iter().map(draw).collect()
    }

    fn lines(&self) -> Vec<Element> {
        let draw = |it: &Series<'_>| {
            let rows: Vec<_> = (0..self.rows.len()).filter(|row| self.value(*it, *row).is_some()).collect();
            let points = |of_end: bool| {
                let end = |row: usize| if of_end { self.span(*it, row).1 } else { self.span(*it, row).0 };
                rows.iter().map(|row| (self.middle(*row), self.scale.at(end(*row)))).collect::<Vec<_>>()
            };
            let kind = it.props.text("curveType").unwrap_or("natural");
            let (above, mut below) = (points(true), points(false));
            below.reverse();
            let line = curve::path(&above, kind, true);
            let area = (it.kind == "area").then(|| {
                let outline = format!("{line}{}Z", curve::path(&below, kind, false));
                Element::of("path", "widget-chart__area").attribute("d", outline)
            });
            let dots = rows.iter().zip(&above).map(|(row, (x, y))| {
                Element::of("circle", "widget-chart__dot")
                    .attribute("cx", number(*x))
                    .attribute("cy", number(*y))
                    .attribute("r", "6")
                    .maybe_child(self.title(*it, *row))
            });
            it.colour(Element::new("g"))
                .maybe_child(area)
                .child(Element::of("path", "widget-chart__line").attribute("d", line.clone()))
                .children(dots)
        };
        self.series.iter().filter(|it| it.kind != "bar").map(draw).collect()
    }

    fn grid(&self, has_labels: bool) -> Element {
        let lines = self.scale.ticks().into_iter().map(|tick| {
            let y = self.scale.at(tick);
            let line = Element::new("path").attribute("d", format!("M{} {y:.1}H{WIDTH}", self.left));
            let label = has_labels.then(|| text(self.left - 8.0, y + 4.0, "end", &short(tick)));
            Element::new("g").child(line).maybe_child(label)
        });
        Element::of("g", "widget-chart__grid").children(lines)
    }

    /// Renders as many labels as fit.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between one and a thousand")]
    fn x_axis(&self, props: Props<'_>) -> Option<Element> {
        if props.part("xAxis").is_some_and(|it| it.is("hide")) {
            return None;
        }
        let longest = self.labels.iter().map(|it| it.chars().count()).max().unwrap_or_default().clamp(1, 14);
        #[allow(clippy::cast_precision_loss, reason = "at most fourteen")]
        let every = ((longest as f64 * 10.0 + 8.0) / self.step()).ceil().max(1.0) as usize;
        let labels = self.labels.iter().enumerate().step_by(every).map(|(row, label)| {
            let label: String = label.chars().take(14).collect();
            text(self.middle(row), HEIGHT - 6.0, "middle", &label)
        });
        Some(Element::of("g", "widget-chart__axis").children(labels))
    }

    fn legend(&self) -> Element {
        let entries = self
            .series
            .iter()
            .map(|it| Element::new("li").child(it.colour(Element::of("span", "widget-chart__key"))).text(it.label));
        Element::of("ul", "widget-chart__legend").attribute("role", "list").children(entries)
    }

    fn table(&self) -> Element {
        let heads = self.series.iter().map(|it| Element::new("th").attribute("scope", "col").text(it.label));
        let head = Element::new("tr").child(Element::new("td")).children(heads);
        let rows = (0..self.rows.len()).map(|row| {
            let cells = self.series.iter().map(|it| {
                let value = self.value(*it, row).map(|it| it.to_string()).unwrap_or_default();
                Element::new("td").attribute("data-align", "end").text(&value)
            });
            Element::new("tr")
                .child(Element::new("th").attribute("scope", "row").text(&self.labels[row]))
                .children(cells)
        });
        Element::new("table").child(Element::new("thead").child(head)).child(Element::new("tbody").children(rows))
    }
}

impl<'a> Series<'a> {
    fn read((number, props): (usize, Props<'a>)) -> Option<Self> {
        let key = props.text("dataKey")?;
        let kind = props.text("type").filter(|it| matches!(*it, "bar" | "line" | "area"))?;
        Some(Self { props, key, kind, number, label: props.text("label").unwrap_or(key) })
    }

    /// Applies the colour of the series to an element.
    fn colour(self, element: Element) -> Element {
        const COLOURS: [&str; 7] = ["blue", "purple", "orange", "green", "red", "yellow", "pink"];
        let name = match self.props.get("color") {
            Some(colour) => colour.as_str(),
            None => Some(COLOURS[self.number % COLOURS.len()]),
        };
        match name.filter(|it| COLOURS.contains(it)) {
            Some(name) => element.attribute("data-color", name),
            None => match self.props.get("color").and_then(style::colour) {
                Some(css) => element.property("color", css),
                None => element,
            },
        }
    }
}

fn text(x: f64, y: f64, anchor: &str, text: &str) -> Element {
    let at = Element::new("text").attribute("x", number(x)).attribute("y", number(y));
    at.attribute("text-anchor", anchor).text(text)
}

fn words_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn number(it: f64) -> String {
    format!("{it:.1}")
}

/// Abbreviates a number: 12,000 becomes 12k.
fn short(it: f64) -> String {
    let (it, unit) = match it.abs() {
        1e9.. => (it / 1e9, "B"),
        1e6.. => (it / 1e6, "M"),
        1e4.. => (it / 1e3, "k"),
        _ => (it, ""),
    };
    format!("{}{unit}", (it * 100.0).round() / 100.0)
}
