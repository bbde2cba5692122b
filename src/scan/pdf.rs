//! PDF 1.4 with JPEG inside: a catalogue, and for each page its sheet, its drawing and its picture.

use super::{NoScan, Page, check};
use std::io::Write as _;

/// Points to the long side of the picture's frame: A4 with a margin.
const FRAME: f64 = 760.0;
const MARGIN: f64 = 36.0;

/// Puts pages into a PDF. Each sheet is as large as its picture wants it.
///
/// # Errors
/// When there are no pages, or too many bytes.
pub fn pdf(pages: &[Page<'_>]) -> Result<Vec<u8>, NoScan> {
    check(pages)?;
    let mut file = File {
        out: b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec(),
        offsets: Vec::new(),
    };
    file.object(b"<< /Type /Catalog /Pages 2 0 R >>");
    // Objects of a page: 3, 4, 5 for the first, 6, 7, 8 for the second, and so on.
    let sheets: Vec<String> = (0..pages.len())
        .map(|page| format!("{} 0 R", 3 + 3 * page))
        .collect();
    let kids = format!(
        "<< /Type /Pages /Count {} /Kids [{}] >>",
        pages.len(),
        sheets.join(" ")
    );
    file.object(kids.as_bytes());
    for (index, page) in pages.iter().enumerate() {
        file.page(3 + 3 * index, page);
    }
    Ok(file.finish())
}

struct File {
    out: Vec<u8>,
    offsets: Vec<usize>,
}

impl File {
    fn page(&mut self, first: usize, page: &Page<'_>) {
        let longest = f64::from(page.width.max(page.height).max(1));
        let (width, height) = (
            f64::from(page.width) / longest * FRAME,
            f64::from(page.height) / longest * FRAME,
        );
        let sheet = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {:.2} {:.2}] /Contents {} 0 R \
             /Resources << /XObject << /P {} 0 R >> >> >>",
            width + 2.0 * MARGIN,
            height + 2.0 * MARGIN,
            first + 1,
            first + 2
        );
        self.object(sheet.as_bytes());
        let drawing = format!("q {width:.2} 0 0 {height:.2} {MARGIN:.2} {MARGIN:.2} cm /P Do Q");
        let length = format!("<< /Length {} >>", drawing.len());
        self.stream(&length, drawing.as_bytes());
        let picture = format!(
            "<< /Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceRGB \
             /BitsPerComponent 8 /Filter /DCTDecode /Length {} >>",
            page.width,
            page.height,
            page.jpeg.len()
        );
        self.stream(&picture, page.jpeg);
    }

    fn object(&mut self, body: &[u8]) {
        self.offsets.push(self.out.len());
        self.line(&format!("{} 0 obj", self.offsets.len()));
        self.out.extend_from_slice(body);
        self.line("\nendobj");
    }

    fn stream(&mut self, dictionary: &str, bytes: &[u8]) {
        let body = [dictionary.as_bytes(), b"\nstream\n", bytes, b"\nendstream"].concat();
        self.object(&body);
    }

    fn line(&mut self, text: &str) {
        // Writing to memory cannot fail.
        let _ = writeln!(self.out, "{text}");
    }

    /// The table of where each object begins, and where that table does.
    fn finish(mut self) -> Vec<u8> {
        let table = self.out.len();
        let count = self.offsets.len() + 1;
        self.line(&format!("xref\n0 {count}\n0000000000 65535 f "));
        for offset in std::mem::take(&mut self.offsets) {
            self.line(&format!("{offset:010} 00000 n "));
        }
        let trailer =
            format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF");
        self.line(&trailer);
        self.out
    }
}
