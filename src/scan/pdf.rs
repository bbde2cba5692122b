//! PDF 1.4 with JPEG inside: a catalogue, and for each page its sheet, its drawing and its picture.

use super::{Document, NoScan, Page, check};

/// Points to the long side of the picture's frame: A4 with a margin.
const FRAME: f64 = 760.0;
const MARGIN: f64 = 36.0;

/// Puts pages into a PDF. Each sheet is as large as its picture wants it.
///
/// # Errors
/// When there are no pages, or too many bytes.
pub fn pdf<'a>(pages: &[Page<'a>]) -> Result<Document<'a>, NoScan> {
    check(pages)?;
    let mut file = File {
        out: Document::new(),
        offsets: Vec::new(),
    };
    file.out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n");
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
        file.page(index, page);
    }
    Ok(file.finish())
}

struct File<'a> {
    out: Document<'a>,
    offsets: Vec<usize>,
}

impl<'a> File<'a> {
    fn page(&mut self, index: usize, page: &Page<'a>) {
        let first = 3 + 3 * index;
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
        let length = drawing.len();
        let drawing = format!("<< /Length {length} >>\nstream\n{drawing}\nendstream");
        self.object(drawing.as_bytes());
        let picture = format!(
            "<< /Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceRGB \
             /BitsPerComponent 8 /Filter /DCTDecode /Length {} >>\nstream\n",
            page.width,
            page.height,
            page.jpeg.len()
        );
        self.begin();
        self.out.write(picture.as_bytes());
        self.out.write_page(index, page.jpeg);
        self.out.write(b"\nendstream\nendobj\n");
    }

    fn begin(&mut self) {
        self.offsets.push(self.out.length());
        let number = self.offsets.len();
        self.out.write(format!("{number} 0 obj\n").as_bytes());
    }

    fn object(&mut self, body: &[u8]) {
        self.begin();
        self.out.write(body);
        self.out.write(b"\nendobj\n");
    }

    /// The table of where each object begins, and where that table does.
    fn finish(mut self) -> Document<'a> {
        let table = self.out.length();
        let count = self.offsets.len() + 1;
        let mut end = format!("xref\n0 {count}\n0000000000 65535 f \n");
        for offset in self.offsets {
            end += &format!("{offset:010} 00000 n \n");
        }
        end += &format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        self.out.write(end.as_bytes());
        self.out
    }
}
