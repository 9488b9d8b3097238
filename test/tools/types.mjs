// One compiler project for each layer: a layer cannot even name what it must not use. Each file is checked
// once, in the narrowest project that holds it.
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

import { root } from './setup.mjs';

/** From the narrowest to the widest. */
export const PROJECTS = ['server/src/protocol', 'server/src/core', 'server', 'client', 'media', 'test'];

/** A host that keeps in `parsed` what it parsed. What changes how a file is parsed is part of its key. */
function hostOf(options, parsed) {
  const host = ts.createCompilerHost(options);
  const parse = host.getSourceFile;
  host.getSourceFile = (name, how, ...rest) => {
    const key = `${options.jsx} ${how.languageVersion} ${how.impliedNodeFormat} ${name}`;
    if (!parsed.has(key)) parsed.set(key, parse(name, how, ...rest));
    return parsed.get(key);
  };
  return host;
}

function configOf(folder, project) {
  const fails = (fault) => {
    throw new Error(ts.flattenDiagnosticMessageText(fault.messageText, '\n'));
  };
  const path = join(folder, project, 'tsconfig.json');
  return ts.getParsedCommandLineOfConfigFile(
    path,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fails },
  );
}

/** Programs with the same `parsed` share their source files. `texts` stand for files by path. */
function programOf({ options, fileNames, errors }, { parsed = new Map(), texts = new Map() }) {
  const host = hostOf(options, parsed);
  const { readFile } = host;
  host.readFile = (name) => texts.get(name) ?? readFile(name);
  return ts.createProgram({ rootNames: fileNames, options, host, configFileParsingDiagnostics: errors });
}

/** What the compiler says of a project and of those of its files that `isChecked` names. */
function faultsOf(program, isChecked) {
  const names = new Set(program.getRootFileNames());
  const files = program.getSourceFiles().filter(({ fileName }) => names.has(fileName) && isChecked(fileName));
  return [
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getOptionsDiagnostics(),
    ...files.flatMap((file) => program.getSyntacticDiagnostics(file)),
    ...program.getGlobalDiagnostics(),
    ...files.flatMap((file) => program.getSemanticDiagnostics(file)),
  ];
}

function format(folder, faults) {
  return ts.formatDiagnostics(faults, {
    getCurrentDirectory: () => folder,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  });
}

const slashes = (path) => path.replaceAll(sep, '/');

/**
 * The compiler's report on files as a part of a project; '' if they have no fault.
 * @param folder the repository or a copy of it
 * @param files path in the folder → text
 */
export function checkTexts(folder, project, files) {
  const texts = new Map(Object.entries(files).map(([path, text]) => [slashes(join(folder, path)), text]));
  const config = configOf(folder, project);
  const globals = config.fileNames.filter((name) => name.endsWith('.d.ts'));
  const program = programOf({ ...config, fileNames: [...texts.keys(), ...globals] }, { texts });
  return format(
    folder,
    faultsOf(program, (name) => texts.has(name)),
  );
}

/** The compiler's report on the files of a project that no narrower project holds. */
function checkProject(project, parsed) {
  const narrower = PROJECTS.slice(0, PROJECTS.indexOf(project)).map((one) => `${slashes(join(root, one))}/`);
  const isOwn = (name) => !narrower.some((folder) => name.startsWith(folder));
  return format(root, faultsOf(programOf(configOf(root, project), { parsed }), isOwn));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const parsed = new Map();
  const reports = PROJECTS.map((project) => {
    const report = checkProject(project, parsed);
    console.log(`types ${project}: ${report === '' ? 'clean' : `errors\n${report}`}`);
    return report;
  });
  process.exit(reports.every((report) => report === '') ? 0 : 1);
}
