import { configuration, type Section } from '../../configuration/table.ts';
import { yamlComment, yamlText } from '../../configuration/yaml-text.ts';
import type { PackagePlan } from '../../2-structure/plan.ts';

function lines(section: Section, indent: string): string[] {
  return section.members.flatMap((member) => {
    const comment = yamlComment(member.comment);
    if (member.kind === 'leaf') return [`${indent}${member.name}: ${yamlText(member.literal)}${comment}`];
    const blank = indent === '' ? [''] : [];
    return [...blank, `${indent}${member.name}:${comment}`, ...lines(member, `${indent}  `)];
  });
}

/** Text of `configs/default.yaml`: the only place of every value. */
export function renderDefaultYaml(plan: PackagePlan): string {
  return `${lines(configuration(plan).root, '').join('\n').trimStart()}\n`;
}
