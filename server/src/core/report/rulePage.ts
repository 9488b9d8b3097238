// Generates the documentation page of a rule.
import type { Precision, Repair, Rule } from '../checks/check.ts';

const GRADES = {
  safe: 'safe: fix-all applies it',
  twin: 'safe if the whole record is earlier in the file; if not, a person decides',
  review: 'needs review: a person reads the pair first',
} as const;

function fixLine(repair: Repair): string {
  const because = 'because' in repair ? ` ${repair.because}` : '';
  return `- ${repair.title} (${GRADES[repair.grade]}).${because}`;
}

function precisionText({ right, of, on }: Precision): string {
  if (of === 0)
    return `No findings in ${on}, so its precision is unknown. The fixtures show what it reports.`;
  return `A person read the findings: ${right} of ${of} right (${Math.round((100 * right) / of)} %); ${on}.`;
}

/** GitHub Markdown, without a final line end. */
export function rulePage(rule: Rule): string {
  const { id, title, severity, why, example, remedy, repairs = [], options = {}, source, precision } = rule;
  const isRecord = example.startsWith('{') || example.startsWith('[');
  const names = Object.entries(options);
  const sections = [
    `# ${id}`,
    `${title}. ${severity === 'off' ? 'Off' : `Severity: ${severity}`} by default.`,
    `## Why\n\n${why}`,
    `## Example\n\n${isRecord ? `\`\`\`json\n${example}\n\`\`\`` : example}`,
    `## What to do\n\n${remedy}`,
    repairs.length > 0 ? `## Fixes\n\n${repairs.map(fixLine).join('\n')}` : '',
    names.length > 0
      ? `## Options\n\n| option | default | |\n|---|---|---|\n${names
          .map(
            ([name, option]) =>
              `| \`${name}\` | \`${JSON.stringify(option.default)}\` | ${option.schema.description} |`,
          )
          .join(
            '\n',
          )}\n\n\`\`\`json\n{ "rules": { "${id}": ["${severity === 'off' ? 'warning' : severity}", ${JSON.stringify(
          Object.fromEntries(names.map(([name, option]) => [name, option.default])),
        )}] } }\n\`\`\``
      : `## Options\n\nNone. \`{ "rules": { "${id}": "off" } }\` in preflens.json turns it off.`,
    precision ? `## Precision\n\n${precisionText(precision)}` : '',
    source === undefined ? '' : `## Source\n\n${source}`,
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}
