//! Sets a contract: lines, tables, pages. Chinese needs no shaping: each character stands in a square of its own, and lines break
//! between any two of them but where punctuation forbids it (GB/T 15834).

use std::collections::BTreeMap;

/// A4, in points.
pub(super) const PAGE: [f32; 2] = [595.28, 841.89];
const LEFT: f32 = 71.0;
const WIDTH: f32 = PAGE[0] - 2.0 * LEFT;
const TOP: f32 = PAGE[1] - 76.0;
const BOTTOM: f32 = 76.0;
const BODY: f32 = 11.0;
const LEADING: f32 = 1.75;
const CELL: f32 = 9.0;
const CELL_LEADING: f32 = 1.4;
const CELL_PADDING: f32 = 4.0;
/// Height for one party: a seal of 45 millimetres has room.
const SIGNATURE_HEIGHT: f32 = 158.0;
/// A line is stretched to the margin by this much for each character at most.
const MAX_STRETCH: f32 = 2.0;
/// Before the seals: nothing can be added in between.
const NO_MORE: &str = "（以下无正文）";
/// Never at the beginning of a line.
const CLOSING: &str = "，。、；：？！）》」】〕”’％%)]},.;:!?…—";
/// Never at its end.
const OPENING: &str = "（《「【〔“‘￥¥([{";

/// A contract that is to be set.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) title: String,
    /// 合同编号, on every page.
    pub(super) number: String,
    pub(super) blocks: Vec<Block>,
}

/// A part of it.
#[derive(Clone, Debug)]
pub(super) enum Block {
    /// A label and what it says, without indent.
    Fact(String),
    Heading(String),
    Paragraph(String),
    /// The parties, each by its line with the keyword that its seal is put on.
    Signatures(Vec<Vec<String>>),
    Table(Table),
}

/// A table with lines around its cells; its head stands on every page.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<String>>,
    /// A last row over the whole width.
    pub(super) total: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) head: &'static str,
    /// Its part of the width.
    pub(super) part: f32,
    /// Numbers stand at the right.
    pub(super) right: bool,
}

/// A page.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) texts: Vec<Text>,
    /// From and to.
    pub(super) lines: Vec<[f32; 4]>,
}

#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) bold: bool,
    /// Between characters.
    pub(super) spacing: f32,
    pub(super) text: String,
}

impl Document {
    /// Every character that is printed.
    pub(super) fn characters(&self) -> String {
        let mut all = format!("第页共0123456789 {}{}{NO_MORE}", self.title, self.number);
        for block in &self.blocks {
            match block {
                Block::Fact(text) | Block::Heading(text) | Block::Paragraph(text) => {
                    all.push_str(text);
                }
                Block::Signatures(parties) => all.extend(parties.iter().flatten().cloned()),
                Block::Table(table) => {
                    all.extend(table.columns.iter().map(|column| column.head));
                    all.extend(table.rows.iter().flatten().cloned());
                    all.extend(table.total.clone());
                }
            }
        }
        all.retain(|character| character != '\n');
        all
    }

    /// Sets it, with these widths of characters.
    pub(super) fn set(&self, widths: &BTreeMap<char, f32>) -> Vec<Page> {
        let mut press = Press {
            widths,
            pages: vec![Page::default()],
            y: TOP,
        };
        press.title(&self.title);
        for block in &self.blocks {
            match block {
                Block::Fact(text) => press.paragraph(text, 0.0, false),
                Block::Heading(text) => {
                    // Not alone at the foot of a page.
                    press.need(3.0 * BODY * LEADING);
                    press.y -= BODY * 0.4;
                    press.paragraph(text, 0.0, true);
                }
                Block::Paragraph(text) => {
                    for line in text.split('\n').filter(|line| !line.trim().is_empty()) {
                        press.paragraph(line.trim(), 2.0 * BODY, false);
                    }
                }
                Block::Signatures(parties) => press.signatures(parties),
                Block::Table(table) => press.table(table),
            }
        }
        press.number_pages(&self.number);
        press.pages
    }
}

struct Press<'w> {
    widths: &'w BTreeMap<char, f32>,
    pages: Vec<Page>,
    /// Where the next line begins, from below.
    y: f32,
}

impl Press<'_> {
    fn width(&self, text: &str, size: f32) -> f32 {
        let width = |character| self.widths.get(&character).copied().unwrap_or(1.0);
        text.chars().map(width).sum::<f32>() * size
    }

    fn page(&mut self) -> &mut Page {
        if self.pages.is_empty() {
            self.pages.push(Page::default());
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// Begins a page if less than this is left.
    fn need(&mut self, height: f32) {
        if self.y - height < BOTTOM {
            self.pages.push(Page::default());
            self.y = TOP;
        }
    }

    fn put(&mut self, (x, y): (f32, f32), size: f32, bold: bool, spacing: f32, text: &str) {
        let text = text.to_owned();
        self.page().texts.push(Text {
            x,
            y,
            size,
            bold,
            spacing,
            text,
        });
    }

    fn title(&mut self, title: &str) {
        let size = 19.0;
        for line in self.wrap(title, size, 0.0, WIDTH) {
            let x = LEFT + (WIDTH - self.width(&line, size)) / 2.0;
            self.y -= size * 1.5;
            self.put((x, self.y), size, true, 0.0, &line);
        }
        self.y -= size;
    }

    fn paragraph(&mut self, text: &str, indent: f32, bold: bool) {
        let lines = self.wrap(text, BODY, indent, WIDTH);
        let last = lines.len().saturating_sub(1);
        for (number, line) in lines.iter().enumerate() {
            self.need(BODY * LEADING);
            self.y -= BODY * LEADING;
            let indent = if number == 0 { indent } else { 0.0 };
            let room = WIDTH - indent - self.width(line, BODY);
            let spacing = if number == last {
                0.0
            } else {
                stretch(room, line)
            };
            self.put((LEFT + indent, self.y), BODY, bold, spacing, line);
        }
    }

    fn table(&mut self, table: &Table) {
        let whole: f32 = table.columns.iter().map(|column| column.part).sum();
        let mut columns = Vec::new();
        let mut x = LEFT;
        for column in &table.columns {
            let width = WIDTH * column.part / whole.max(f32::EPSILON);
            columns.push((x, width, column.right));
            x += width;
        }
        let head: Vec<String> = (table.columns.iter())
            .map(|column| column.head.to_owned())
            .collect();
        self.y -= BODY * 0.6;
        // The head, and a row below it.
        self.need(4.0 * CELL * LEADING);
        self.row(&columns, &head, true);
        for row in &table.rows {
            let lines = self.cells(&columns, row);
            if self.y - height(&lines) < BOTTOM {
                self.need(f32::INFINITY);
                self.row(&columns, &head, true);
            }
            self.row(&columns, row, false);
        }
        if let Some(total) = &table.total {
            let columns = [(LEFT, WIDTH, false)];
            let lines = self.cells(&columns, std::slice::from_ref(total));
            self.need(height(&lines));
            self.row(&columns, std::slice::from_ref(total), true);
        }
        self.y -= BODY * 0.4;
    }

    fn cells(&self, columns: &[(f32, f32, bool)], row: &[String]) -> Vec<Vec<String>> {
        let cell = |((_, width, _), text): (&(f32, f32, bool), &String)| {
            self.wrap(text, CELL, 0.0, width - 2.0 * CELL_PADDING)
        };
        columns.iter().zip(row).map(cell).collect()
    }

    fn row(&mut self, columns: &[(f32, f32, bool)], row: &[String], bold: bool) {
        let cells = self.cells(columns, row);
        let (top, bottom) = (self.y, self.y - height(&cells));
        for ((x, width, right), lines) in columns.iter().zip(&cells) {
            // In the middle of the row.
            let lower = (top - bottom - height(std::slice::from_ref(lines))) / 2.0;
            let mut y = top - CELL_PADDING - lower;
            for line in lines {
                y -= CELL * CELL_LEADING;
                let room = width - 2.0 * CELL_PADDING - self.width(line, CELL);
                let shift = if *right && !bold { room } else { 0.0 };
                // The line's foot is a little above its lower end.
                let place = (x + CELL_PADDING + shift, y + CELL * 0.3);
                self.put(place, CELL, bold, 0.0, line);
            }
            let page = self.page();
            page.lines.push([*x, bottom, x + width, bottom]);
            page.lines.push([*x, top, x + width, top]);
            page.lines.push([*x, bottom, *x, top]);
            page.lines.push([x + width, bottom, x + width, top]);
        }
        self.y = bottom;
    }

    fn signatures(&mut self, parties: &[Vec<String>]) {
        self.need(BODY * LEADING + SIGNATURE_HEIGHT);
        self.paragraph(NO_MORE, 2.0 * BODY, false);
        let half = WIDTH / 2.0;
        for pair in parties.chunks(2) {
            self.need(SIGNATURE_HEIGHT);
            let top = self.y - BODY * 0.8;
            for (side, lines) in [LEFT, LEFT + half].into_iter().zip(pair) {
                let mut y = top;
                for (number, text) in lines.iter().enumerate() {
                    for line in self.wrap(text, BODY, 0.0, half - 2.0 * BODY) {
                        y -= BODY * LEADING;
                        self.put((side, y), BODY, number == 0, 0.0, &line);
                    }
                }
            }
            self.y = top - SIGNATURE_HEIGHT + BODY * 0.8;
        }
    }

    fn number_pages(&mut self, number: &str) {
        let count = self.pages.len();
        let size = 9.0;
        for page in 0..count {
            let foot = format!("第 {} 页 共 {count} 页", page + 1);
            let middle = LEFT + (WIDTH - self.width(&foot, size)) / 2.0;
            let right = LEFT + WIDTH - self.width(number, size);
            let places = [
                (middle, 46.0, foot.as_str()),
                (right, PAGE[1] - 50.0, number),
            ];
            for (x, y, text) in places {
                if let Some(page) = self.pages.get_mut(page) {
                    page.texts.push(Text {
                        x,
                        y,
                        size,
                        bold: false,
                        spacing: 0.0,
                        text: text.to_owned(),
                    });
                }
            }
        }
    }

    /// Breaks a text into lines.
    fn wrap(&self, text: &str, size: f32, indent: f32, measure: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        let mut left = measure - indent;
        for unit in units(text) {
            for unit in self.fitting(unit, size, measure) {
                let width = self.width(&unit, size);
                if width > left && !line.is_empty() {
                    lines.push(std::mem::take(&mut line).trim_end().to_owned());
                    left = measure;
                    if unit.trim().is_empty() {
                        continue;
                    }
                }
                line.push_str(&unit);
                left -= width;
            }
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// A word that is longer than a line is cut.
    fn fitting(&self, unit: String, size: f32, measure: f32) -> Vec<String> {
        if self.width(&unit, size) <= measure {
            return vec![unit];
        }
        unit.chars().map(String::from).collect()
    }
}

fn height(cells: &[Vec<String>]) -> f32 {
    let lines = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    #[allow(clippy::cast_precision_loss)]
    let lines = lines as f32;
    lines * CELL * CELL_LEADING + 2.0 * CELL_PADDING
}

/// What is put between characters so that a line reaches the margin.
fn stretch(room: f32, line: &str) -> f32 {
    let gaps = line.chars().count().saturating_sub(1);
    #[allow(clippy::cast_precision_loss)]
    let spacing = room / (gaps.max(1) as f32);
    if spacing > MAX_STRETCH { 0.0 } else { spacing }
}

/// What stays together on a line: words and numbers of Latin letters, and characters with the punctuation that belongs to them.
fn units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    // Whether the next character belongs to the last unit.
    let mut open = false;
    let mut word = false;
    for character in text.chars() {
        let joins = open || CLOSING.contains(character);
        let latin = character.is_ascii_graphic() && !OPENING.contains(character);
        let continues = joins || (word && latin);
        match units.last_mut() {
            Some(last) if continues => last.push(character),
            _ => units.push(character.to_string()),
        }
        open = OPENING.contains(character);
        word = latin;
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_stays_with_its_character_and_numbers_stay_whole() {
        assert_eq!(
            units("甲方（买方）付1,250.00元。"),
            ["甲", "方", "（买", "方）", "付", "1,250.00", "元。"]
        );
        assert_eq!(units("a b"), ["a", " ", "b"]);
    }

    #[test]
    fn lines_are_full_and_none_is_too_long() {
        let widths = BTreeMap::new();
        let press = Press {
            widths: &widths,
            pages: Vec::new(),
            y: TOP,
        };
        // Ten characters a line; the comma is not at the beginning of the next.
        let lines = press.wrap("一二三四五六七八九十，十一", 10.0, 0.0, 100.0);
        assert_eq!(lines, ["一二三四五六七八九", "十，十一"]);
        let lines = press.wrap("一二三四五六七八九十", 10.0, 20.0, 100.0);
        assert_eq!(lines, ["一二三四五六七八", "九十"]);
        // A word of its own length, cut.
        let lines = press.wrap("abcdefghijklmno", 10.0, 0.0, 100.0);
        assert_eq!(lines, ["abcdefghij", "klmno"]);
    }
}
