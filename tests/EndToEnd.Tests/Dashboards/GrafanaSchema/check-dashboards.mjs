// Checks dashboards against the types that Grafana publishes in the npm registry.
//   node check-dashboards.mjs FOLDER-WITH-NODE_MODULES FILE...
// The types are in TypeScript, and JSON's plain texts do not fit string enumerations: so the compiler resolves the types, and the values are
// compared with them here. A member that no type knows is an error, and so is one that is missing.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const [packages, ...files] = process.argv.slice(2);
const ts = createRequire(join(packages, 'package.json'))('typescript');

/** The panel types that may be used, and whether fields have settings of their own ("custom") in them. */
const PANEL_TYPES = { bargauge: false, stat: false, 'state-timeline': true, table: true, timeseries: true };

const schema = join(packages, 'node_modules/@grafana/schema/dist/types/raw');
const sdk = join(packages, 'node_modules/@grafana/grafana-foundation-sdk/dist');
const nameOf = panelType => panelType.replace('-', '');
const { checker, types } = compile([
  `export type { Dashboard } from '${schema}/dashboard/x/types.gen';`,
  `export type { Dataquery } from '${sdk}/prometheus/types.gen';`,
  ...Object.entries(PANEL_TYPES).flatMap(([panelType, hasCustom]) => ['Options', ...(hasCustom ? ['FieldConfig'] : [])].map(type =>
    `export type { ${type} as ${nameOf(panelType)}${type} } from '${schema}/composable/${nameOf(panelType)}/panelcfg/x/types.gen';`)),
].join('\n'));
const member = (type, name) => checker.getNonNullableType(checker.getTypeOfSymbol(checker.getPropertyOfType(type, name)));
const itemsOf = type => checker.getTypeArguments(type)[0];
const panelOf = dashboard => itemsOf(member(dashboard, 'panels')).types.find(type => checker.getPropertyOfType(type, 'fieldConfig'));
const fieldDefaults = member(member(panelOf(types.get('Dashboard')), 'fieldConfig'), 'defaults');

let panels = 0;
const errors = files.flatMap(file => {
  const dashboard = JSON.parse(readFileSync(file, 'utf8'));
  return [...misfits(dashboard, types.get('Dashboard'), basename(file)), ...dashboard.panels.flatMap(panel => panelMisfits(panel, basename(file)))];
});
for (const error of errors) {
  console.log(error);
}

console.log(`${panels} panels checked, ${errors.length} errors`);
process.exitCode = errors.length > 0 || panels === 0 ? 1 : 0;

/** The schema of a dashboard leaves open what the panel types say: their options, their fields' settings, and their data source's queries. */
function panelMisfits(panel, file) {
  const place = `${file} "${panel.title}"`;
  if (!(panel.type in PANEL_TYPES)) {
    return [`${place}: nothing is known here of the panel type ${panel.type}`];
  }

  panels++;
  const custom = types.get(nameOf(panel.type) + 'FieldConfig');
  const own = panel.fieldConfig.defaults.custom;
  return [
    ...misfits(panel.options, types.get(nameOf(panel.type) + 'Options'), `${place}.options`),
    ...(own === undefined ? [] : custom ? misfits(own, custom, `${place}.custom`) : [`${place}: ${panel.type} has no custom settings`]),
    ...panel.fieldConfig.overrides.flatMap(override => override.properties.flatMap(({ id, value }) => {
      const [type, name] = id.startsWith('custom.') ? [custom, id.slice('custom.'.length)] : [fieldDefaults, id];
      return type && checker.getPropertyOfType(type, name)
        ? misfits(value, member(type, name), `${place}.${override.matcher.options}.${id}`)
        : [`${place}: ${id} is not known`];
    })),
    ...panel.targets.flatMap(target => misfits(target, types.get('Dataquery'), `${place}.${target.refId}`)),
  ];
}

/** The ways in which a value does not fit a type, each with its place. */
function misfits(value, type, place) {
  const is = flags => (type.flags & flags) !== 0;
  const { TypeFlags, SymbolFlags, IndexKind } = ts;
  const wrong = [`${place}: ${JSON.stringify(value)?.slice(0, 80)} is no ${checker.typeToString(type)}`];
  const when = fits => fits ? [] : wrong;
  if (type.isUnion()) {
    const tried = type.types.filter(one => !(one.flags & TypeFlags.Undefined)).map(one => misfits(value, one, place));
    return tried.sort((a, b) => Math.sign(a.length && b.length ? depth(b) - depth(a) || a.length - b.length : a.length - b.length))[0];
  }

  if (is(TypeFlags.Any | TypeFlags.Unknown)) return [];
  if (is(TypeFlags.StringLiteral | TypeFlags.NumberLiteral)) return when(value === type.value);
  if (is(TypeFlags.BooleanLiteral)) return when(String(value) === checker.typeToString(type));
  if (is(TypeFlags.String)) return when(typeof value === 'string');
  if (is(TypeFlags.Number)) return when(typeof value === 'number');
  if (is(TypeFlags.Null)) return when(value === null);
  if (checker.isArrayType(type)) {
    return Array.isArray(value) ? value.flatMap((one, index) => misfits(one, itemsOf(type), `${place}[${index}]`)) : wrong;
  }

  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong;
  const known = checker.getPropertiesOfType(type).filter(symbol => !(symbol.flags & SymbolFlags.Method));
  const others = checker.getIndexTypeOfType(type, IndexKind.String);
  return [
    ...known.filter(symbol => !(symbol.flags & SymbolFlags.Optional) && !(symbol.name in value)).map(symbol => `${place}: ${symbol.name} is missing`),
    ...Object.entries(value).flatMap(([name, one]) => {
      const symbol = known.find(candidate => candidate.name === name);
      const expected = symbol ? checker.getTypeOfSymbol(symbol) : others;
      return expected ? misfits(one, expected, `${place}.${name}`) : [`${place}: ${name} is not known`];
    }),
  ];
}

/** How far down the first misfit lies: of the types in a union, the one meant is the one that fits furthest. */
function depth(errors) {
  return errors[0].split(': ')[0].split(/[.[]/).length;
}

/** Lets the compiler resolve what the source exports. */
function compile(source) {
  const entry = join(packages, 'types.ts');
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = name => name === entry || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === entry ? ts.createSourceFile(name, source, ts.ScriptTarget.ESNext, true) : getSourceFile(name, ...rest);
  const program = ts.createProgram([entry], options, host);
  const file = program.getSourceFile(entry);
  const failures = ts.getPreEmitDiagnostics(program, file);
  if (failures.length > 0) {
    throw new Error(failures.map(failure => ts.flattenDiagnosticMessageText(failure.messageText, '\n')).join('\n'));
  }

  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(file));
  return { checker, types: new Map(exported.map(symbol => [symbol.name, checker.getDeclaredTypeOfSymbol(checker.getAliasedSymbol(symbol))])) };
}
