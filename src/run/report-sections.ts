/** The owner's report sections out of the folder `extensions` of the configuration, made into what reports take. */
import type { AddedSections } from "../control/report/make-report.ts";
import { loadExtensions } from "../extension/load.ts";
import { sectionOf } from "../extension/sections.ts";
import type { PeriodReport } from "../reports/period/period-report.ts";

/** In the order of their files. What is wrong with the folder, or with one of them, is told in the report. */
export async function reportSections(configDir: string): Promise<(report: PeriodReport) => AddedSections> {
  const { extensions, problems } = await loadExtensions(configDir);
  const makers = extensions.flatMap(({ file, extension }) =>
    extension.kind === "report-section" ? [{ file, extension }] : [],
  );
  const wrong = problems.map(({ file, keyPath, message }) =>
    [`Extension ${file}`, keyPath, message].filter((part) => part !== "").join(": "),
  );
  return (report) => {
    const answers = makers.map((maker) => sectionOf(maker, report));
    return {
      sections: answers.flatMap((one) => (one === null || "failed" in one ? [] : [one])),
      notes: [
        ...wrong,
        ...answers.flatMap((one) =>
          one !== null && "failed" in one ? [`A section is missing: ${one.failed}`] : [],
        ),
      ],
    };
  };
}
