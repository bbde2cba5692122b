// Reads Playwright's JSON report: prints how many tests passed, failed and were skipped, and appends how long each took.
//
//   node tools/e2e-report.mjs report.json times.tsv
import { appendFileSync, readFileSync } from "node:fs";

const [report, times] = process.argv.slice(2);
const { stats, errors, suites } = JSON.parse(readFileSync(report, "utf8"));

const lines = [];
function walk(suite) {
  for (const spec of suite.specs ?? []) {
    const milliseconds = spec.tests.flatMap((test) => test.results).reduce((sum, result) => sum + result.duration, 0);
    lines.push(`${milliseconds / 1000}\te2e\t${spec.file}: ${spec.title}\n`);
  }
  suite.suites?.forEach(walk);
}
suites.forEach(walk);
appendFileSync(times, lines.join(""));
console.log(stats.expected + stats.flaky, stats.unexpected + errors.length, stats.skipped);
