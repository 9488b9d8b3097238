// What a package holds of others, from what esbuild put into its files: their licence texts, and a software bill
// of materials (CycloneDX 1.6). The same build gives the same bytes: neither has a time or a random number.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { root } from '../setup.mjs';

const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** Files of a package that say under which terms it may be passed on. */
const TERMS = /^(?:licen[cs]e|copying|notice|copyright|thirdpartynotices)/i;

/** Who holds the rights in packages that name their licence without its text. It is MIT for all of them. */
const HOLDERS = {
  'onnxruntime-common': 'Copyright (c) Microsoft Corporation',
  'onnxruntime-node': 'Copyright (c) Microsoft Corporation',
};

/** The text of the MIT licence, which is ours too, for another holder. */
function mitText(holder) {
  const [head, , ...rest] = readFileSync(join(root, 'LICENSE'), 'utf8').split(/\n\n/);
  return [head, holder, ...rest].join('\n\n').trim();
}

function termsOf(folder, { name, license }) {
  const files = readdirSync(join(root, folder)).filter((file) => TERMS.test(file));
  if (files.length > 0) {
    const texts = files.sort().map((file) => readFileSync(join(root, folder, file), 'utf8'));
    return texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n');
  }
  if (license !== 'MIT' || !(name in HOLDERS))
    throw new Error(`${name} has no licence text: say in inventory.mjs who holds its rights.`);
  return mitText(HOLDERS[name]);
}

/**
 * Facts about packages, by name and version.
 * @param folders in which they are, as the lock file names them
 */
export function factsOf(folders) {
  const { packages } = readJson('package-lock.json');
  return folders
    .map((folder) => {
      const manifest = readJson(`${folder}/package.json`);
      const { name, version, license } = manifest;
      const { integrity } = packages[folder];
      return { name, version, license, integrity, terms: termsOf(folder, manifest) };
    })
    .sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

const RULE = '-'.repeat(80);

/** The licence texts; packages that share a text share its place. */
export function noticesOf(facts) {
  const parts = [...new Set(facts.map(({ terms }) => terms))].map((terms) => {
    const some = facts.filter((one) => one.terms === terms);
    const names = some.map(({ name, version, license }) => `${name} ${version} (${license})`);
    return `${names.join('\n')}\n\n${terms}`;
  });
  const opening = 'PrefLens contains code of the packages below, under the terms that follow their names.';
  return `${[opening, ...parts].join(`\n\n${RULE}\n\n`)}\n`;
}

const purlOf = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

function hashOf(integrity) {
  const [kind, base64] = integrity.split('-');
  if (kind !== 'sha512') throw new Error(`package-lock.json has a ${kind} where SHA-512 is expected.`);
  return { alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') };
}

/** The library as one component, with its native files inside. */
function componentOf({ name, version, license, integrity }, binaries) {
  const files = binaries.filter(({ owner }) => owner === name);
  return {
    type: 'library',
    'bom-ref': purlOf(name, version),
    name,
    version,
    purl: purlOf(name, version),
    // Of several licences, an expression: it has spaces, which the name of a licence never has.
    licenses: [license.includes(' ') ? { expression: license } : { license: { id: license } }],
    hashes: [hashOf(integrity)],
    ...(files.length > 0 && {
      components: files.map(({ path }) => ({
        type: 'file',
        name: basename(path),
        hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(readFileSync(path)).digest('hex') }],
      })),
    }),
  };
}

/**
 * @param product name, version and type of what is packaged
 * @param binaries compiled files, each with the name of the package it comes from
 */
export function billOf({ name, version, type }, facts, binaries) {
  const own = `pkg:generic/${name}@${version}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type,
        'bom-ref': own,
        name,
        version,
        licenses: [{ license: { id: readJson('package.json').license } }],
      },
    },
    components: facts.map((one) => componentOf(one, binaries)),
    dependencies: [
      { ref: own, dependsOn: facts.map((one) => purlOf(one.name, one.version)) },
      ...facts.map((one) => ({ ref: purlOf(one.name, one.version) })),
    ],
  };
}
