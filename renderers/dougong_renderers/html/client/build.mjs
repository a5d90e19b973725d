// Bundles scripts and styles, draws the icon sprite, and writes manifest.json: plain name → file name with its hash.
//
//   node build.mjs FOLDER      everything below FOLDER is replaced

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import * as esbuild from "esbuild";

const SCRIPTS = [
  "src/main.ts", "src/chart.ts", "src/designer.ts", "src/expression-editor.ts", "src/live.ts", "src/rules.ts", "src/rule-editor.ts", "src/expressions/engine.ts",
];
const STYLES = ["styles/main.css"];
const BROWSERS = ["chrome105", "edge105", "firefox115", "safari15.4"];
const STROKE = "1.5";

async function bundle(folder) {
  const result = await esbuild.build({
    entryPoints: [...SCRIPTS, ...STYLES],
    outdir: folder,
    entryNames: "[name]-[hash]",
    chunkNames: "part-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    format: "esm",
    splitting: true,
    minify: true,
    target: BROWSERS,
    loader: { ".svg": "file", ".png": "file", ".woff2": "file" },
    preserveSymlinks: true, // hashes then do not depend on where node_modules really lies
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  const files = {};
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    if ([...SCRIPTS, ...STYLES].includes(output.entryPoint)) {
      const kind = path.endsWith(".css") ? ".css" : ".js";
      files[basename(output.entryPoint).replace(/\.(ts|css)$/, kind)] = basename(path);
    }
  }
  return files;
}

async function drawIcons(folder) {
  const names = JSON.parse(await readFile("icons.json", "utf8"));
  const symbols = await Promise.all([...new Set(names)].sort().map(symbol));
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  const hash = createHash("sha256").update(sprite).digest("hex").slice(0, 8).toUpperCase();
  const name = `icons-${hash}.svg`;
  await writeFile(join(folder, name), sprite);
  return { "icons.svg": name };
}

async function symbol(name) {
  const filled = name.endsWith("-filled");
  const file = filled ? `filled/${name.slice(0, -"-filled".length)}` : `outline/${name}`;
  const path = `node_modules/@tabler/icons/icons/${file}.svg`;
  if (!existsSync(path)) {
    throw new Error(`icons.json: Tabler has no icon called ${name}`);
  }
  const drawing = (await readFile(path, "utf8")).replace(/<!--.*?-->/gs, "");
  const shapes = drawing
    .slice(drawing.indexOf(">", drawing.indexOf("<svg")) + 1, drawing.lastIndexOf("</svg>"))
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/\s*\n\s*/g, "");
  const paint = filled
    ? 'fill="currentColor"'
    : `fill="none" stroke="currentColor" stroke-width="${STROKE}" stroke-linecap="round" stroke-linejoin="round"`;
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${shapes}</symbol>`;
}

// The licences of what is bundled travel with it.
async function collectLicences(folder) {
  const names = Object.keys(JSON.parse(await readFile("package-lock.json", "utf8")).packages);
  const parts = [];
  for (const path of names.filter((name) => name.startsWith("node_modules/"))) {
    const about = existsSync(join(path, "package.json")) && JSON.parse(await readFile(join(path, "package.json"), "utf8"));
    if (!about || isTool(about.name)) continue;
    const texts = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license", "NOTICE"].filter((name) => existsSync(join(path, name)));
    const words = await Promise.all(texts.map((name) => readFile(join(path, name), "utf8")));
    parts.push(`${about.name} ${about.version} (${about.license})\n\n${words.join("\n\n").trim()}\n`);
  }
  await writeFile(join(folder, "licences.txt"), parts.join(`\n${"-".repeat(80)}\n\n`));
}

function isTool(name) {
  return ["esbuild", "typescript"].includes(name) || /^@(esbuild|typescript|types)\//.test(name);
}

const folder = process.argv[2];
if (!folder) {
  throw new Error("usage: node build.mjs FOLDER");
}
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const files = { ...(await bundle(folder)), ...(await drawIcons(folder)) };
await collectLicences(folder);
await writeFile(join(folder, "manifest.json"), `${JSON.stringify(files, null, 2)}\n`);
