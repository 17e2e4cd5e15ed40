/** SVG to PNG, with the shipped font alone: no network, no fonts of the machine. The only folder that knows resvg. */
import { Resvg } from "@resvg/resvg-js";
import { FONT_FAMILY, FONT_FILES } from "../lettering/letters.ts";

/** `scale` pixels for each unit of the picture. */
export function pngOf(svg: string, scale: number): Buffer {
  const drawn = new Resvg(svg, {
    fitTo: { mode: "zoom", value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: [FONT_FILES.plain, FONT_FILES.bold],
      defaultFontFamily: FONT_FAMILY,
      sansSerifFamily: FONT_FAMILY,
    },
  });
  return drawn.render().asPng();
}
