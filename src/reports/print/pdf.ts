/** A report as a document to print and keep: A4, pages numbered, in the shipped font. The only folder that knows pdfkit. */
import PDFDocument from "pdfkit";
import { inTheme, THEMES } from "../charts/look.ts";
import { FONT_FAMILY, FONT_FILES, writable } from "../lettering/letters.ts";
import type { Block, Figure, ReportDocument, ReportTable } from "../period/document.ts";
import { pngOf } from "../pictures/png.ts";

const EDGE = 48;
const WIDTH = 595.28 - 2 * EDGE;
const INK = "#1c2126";
const QUIET = "#59626b";
const LINE = "#d9dee3";
const TONES: Readonly<Record<Figure["sign"], string>> = { [-1]: "#b3382f", 0: INK, 1: "#1d7a4c" };
/** A chart is drawn for this width, and with so many pixels for each unit. */
const CHART_LOOK = { width: 640, fontSize: 13, lineWidth: 1.6, tallness: 0.8 } as const;
const CHART_SCALE = 3;
const FIGURE_COLUMNS = 4;
const FIGURE_GAP = 10;

export async function pdfOf(document: ReportDocument, madeAtMs: number): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: "A4",
    margins: { top: EDGE, bottom: EDGE, left: EDGE, right: EDGE },
    bufferPages: true,
    info: { Title: writable(document.title), Producer: "Copytrader", CreationDate: new Date(madeAtMs) },
  });
  const pieces: Buffer[] = [];
  pdf.on("data", (piece: Buffer) => pieces.push(piece));
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on("end", resolve);
    pdf.on("error", reject);
  });
  pdf.registerFont("plain", FONT_FILES.plain);
  pdf.registerFont("bold", FONT_FILES.bold);
  new Layout(pdf).document(document);
  pdf.end();
  await ended;
  return Buffer.concat(pieces);
}

class Layout {
  readonly #pdf: PDFKit.PDFDocument;

  constructor(pdf: PDFKit.PDFDocument) {
    this.#pdf = pdf;
  }

  document({ title, lead, parts }: ReportDocument): void {
    this.#text(title, { font: "bold", size: 18, colour: INK });
    this.#pdf.moveDown(0.2);
    this.#text(lead, { font: "plain", size: 8.5, colour: QUIET });
    for (const { heading, blocks } of parts) {
      const [first] = blocks;
      this.#heading(heading, first === undefined ? 0 : this.#leastHeight(first));
      for (const block of blocks) this.#block(block);
    }
    this.#numberPages(title);
  }

  #heading(text: string, following: number): void {
    const pdf = this.#pdf;
    this.#room(34 + following);
    pdf.y += 12;
    pdf
      .moveTo(EDGE, pdf.y)
      .lineTo(EDGE + WIDTH, pdf.y)
      .lineWidth(0.7)
      .strokeColor(LINE)
      .stroke();
    pdf.y += 7;
    this.#text(text, { font: "bold", size: 12.5, colour: INK });
    pdf.y += 3;
  }

  #block(block: Block): void {
    switch (block.kind) {
      case "figures":
        return this.#figures(block.figures);
      case "chart":
        return this.#chart(block.chart);
      case "table":
        return this.#table(block.table);
      case "text":
        this.#room(14);
        this.#text(block.text, { font: "plain", size: 8.5, colour: block.isQuiet ? QUIET : INK });
        this.#pdf.y += 3;
    }
  }

  /** So that a heading does not stand alone at the end of a page. */
  #leastHeight(block: Block): number {
    switch (block.kind) {
      case "figures":
        return 46;
      case "chart":
        return 200;
      case "table":
        return 40;
      case "text":
        return 14;
    }
  }

  #figures(figures: readonly Figure[]): void {
    const pdf = this.#pdf;
    const width = (WIDTH - FIGURE_GAP * (FIGURE_COLUMNS - 1)) / FIGURE_COLUMNS;
    for (let at = 0; at < figures.length; at += FIGURE_COLUMNS) {
      const row = figures.slice(at, at + FIGURE_COLUMNS);
      const heights = row.map((figure) => this.#figureHeight(figure, width));
      this.#room(Math.max(...heights) + 6);
      const top = pdf.y;
      for (const [column, figure] of row.entries())
        this.#figure(figure, { x: EDGE + column * (width + FIGURE_GAP), y: top, width });
      pdf.x = EDGE;
      pdf.y = top + Math.max(...heights) + 6;
    }
  }

  #figureHeight({ name, value, note }: Figure, width: number): number {
    const height = (text: string, size: number) =>
      this.#pdf.font("plain").fontSize(size).heightOfString(writable(text), { width });
    return height(name, 8) + height(value, 12) + (note === undefined ? 0 : height(note, 7.5));
  }

  #figure(
    { name, value, sign, note }: Figure,
    { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
  ): void {
    const pdf = this.#pdf;
    pdf.font("plain").fontSize(8).fillColor(QUIET).text(writable(name), x, y, { width });
    pdf.fontSize(12).fillColor(TONES[sign]).text(writable(value), x, pdf.y, { width });
    if (note !== undefined) pdf.fontSize(7.5).fillColor(QUIET).text(writable(note), x, pdf.y, { width });
  }

  #chart({ title, draw }: Extract<Block, { readonly kind: "chart" }>["chart"]): void {
    const pdf = this.#pdf;
    const [theme] = THEMES;
    if (theme === undefined) return;
    const svg = draw(CHART_LOOK);
    const [, width = "1", height = "1"] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
    const tall = (WIDTH * Number(height)) / Number(width);
    this.#room(tall + 24);
    pdf.y += 4;
    this.#text(title, { font: "bold", size: 9.5, colour: INK });
    const png = pngOf(inTheme(sized(svg, width, height), theme, FONT_FAMILY), CHART_SCALE);
    const top = pdf.y + 3;
    pdf.image(png, EDGE, top, { width: WIDTH, height: tall });
    pdf.x = EDGE;
    pdf.y = top + tall + 11;
  }

  #table({ head, rows, numbersFrom }: ReportTable): void {
    const widths = this.#columnWidths([head, ...rows], numbersFrom);
    const row = (cells: readonly string[], font: "plain" | "bold") =>
      this.#row(cells, { widths, numbersFrom, font });
    this.#pdf.y += 4;
    this.#room(40);
    row(head, "bold");
    for (const cells of rows) {
      if (this.#room(this.#rowHeight(cells, widths, "plain"))) row(head, "bold");
      row(cells, "plain");
    }
    this.#pdf.y += 4;
  }

  /** By the widest cell of each; what is too much is taken from the widest one, which is broken into lines then. */
  #columnWidths(rows: readonly (readonly string[])[], numbersFrom: number): readonly number[] {
    const pdf = this.#pdf.font("bold").fontSize(8);
    const columns = rows[0]?.length ?? 1;
    const widths = Array.from({ length: columns }, (_, column) =>
      Math.max(20, ...rows.map((row) => pdf.widthOfString(writable(row[column] ?? "")) + CELL_GAP)),
    );
    const over = widths.reduce((sum, one) => sum + one, 0) - WIDTH;
    const widest = widths.indexOf(Math.max(...widths));
    if (over > 0) return widths.map((one, at) => (at === widest ? Math.max(60, one - over) : one));
    // Numbers spread over the page, words stay together.
    const grown = numbersFrom < columns ? -over / columns : 0;
    return widths.map((one, at) => one + (numbersFrom < columns ? grown : at === columns - 1 ? -over : 0));
  }

  #rowHeight(cells: readonly string[], widths: readonly number[], font: "plain" | "bold"): number {
    const pdf = this.#pdf.font(font).fontSize(8);
    const heights = cells.map((text, at) =>
      pdf.heightOfString(writable(text) || " ", { width: (widths[at] ?? 20) - CELL_GAP + 2 }),
    );
    return Math.max(...heights) + 5;
  }

  #row(
    cells: readonly string[],
    {
      widths,
      numbersFrom,
      font,
    }: {
      readonly widths: readonly number[];
      readonly numbersFrom: number;
      readonly font: "plain" | "bold";
    },
  ): void {
    const pdf = this.#pdf;
    const height = this.#rowHeight(cells, widths, font);
    const top = pdf.y;
    let x = EDGE;
    for (const [at, text] of cells.entries()) {
      const width = widths[at] ?? 20;
      const align = at >= numbersFrom ? "right" : "left";
      const left = at >= numbersFrom ? x + CELL_GAP - 2 : x;
      pdf.font(font).fontSize(8).fillColor(INK);
      pdf.text(writable(text), left, top + 2, { width: width - CELL_GAP + 2, align });
      x += width;
    }
    pdf
      .moveTo(EDGE, top + height)
      .lineTo(EDGE + WIDTH, top + height)
      .lineWidth(0.4)
      .strokeColor(LINE)
      .stroke();
    pdf.x = EDGE;
    pdf.y = top + height;
  }

  #text(
    text: string,
    { font, size, colour }: { readonly font: string; readonly size: number; readonly colour: string },
  ): void {
    this.#pdf.font(font).fontSize(size).fillColor(colour).text(writable(text), EDGE, this.#pdf.y, {
      width: WIDTH,
    });
  }

  /** Whether a new page began, because the rest of this one is smaller. */
  #room(height: number): boolean {
    const pdf = this.#pdf;
    if (pdf.y + height <= pdf.page.height - EDGE) return false;
    pdf.addPage();
    return true;
  }

  #numberPages(title: string): void {
    const pdf = this.#pdf;
    const { start, count } = pdf.bufferedPageRange();
    for (let page = start; page < start + count; page += 1) {
      pdf.switchToPage(page);
      // Below the margin nothing is broken over to a new page.
      pdf.page.margins.bottom = 0;
      const y = pdf.page.height - EDGE + 14;
      pdf.font("plain").fontSize(7.5).fillColor(QUIET);
      pdf.text(writable(title), EDGE, y, {
        width: WIDTH * 0.8,
        height: 10,
        ellipsis: true,
        lineBreak: false,
      });
      pdf.text(`${page + 1} of ${count}`, EDGE, y, { width: WIDTH, align: "right", lineBreak: false });
    }
  }
}

const CELL_GAP = 8;

/** With a size of its own, which a drawing for a page leaves to the page. */
function sized(svg: string, width: string, height: string): string {
  const inner = svg.replace(/^<svg [^>]*>/, "").replace(/<\/svg>\s*$/, "");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="inherit" font-size="${CHART_LOOK.fontSize}">${inner}</svg>`;
}
