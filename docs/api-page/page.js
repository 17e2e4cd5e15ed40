/** Makes the page from the OpenAPI document. Everything goes in as text, nothing as markup. */

const METHODS = ["get", "post", "put", "patch", "delete"];
const DEPTH_MAX = 8;

/** An element with attributes and children; texts become text nodes. */
function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Paragraphs, with `code` between backticks. */
function paragraphs(text) {
  return text.split("\n\n").map((part) => {
    const pieces = part.split("`").map((piece, at) => (at % 2 === 0 ? piece : make("code", {}, piece)));
    return make("p", {}, ...pieces);
  });
}

function resolved(schema, schemas) {
  if (schema?.$ref === undefined) return schema;
  return schemas[schema.$ref.split("/").at(-1)] ?? {};
}

/** What a value looks like, as text: names, types, and what may be absent. */
function shapeOf(schema, schemas, depth = 0) {
  const found = resolved(schema, schemas) ?? {};
  const inner = "  ".repeat(depth + 1);
  if (depth > DEPTH_MAX) return "...";
  const choices = found.anyOf ?? found.oneOf;
  if (choices !== undefined)
    return [...new Set(choices.map((one) => shapeOf(one, schemas, depth)))].join(" | ");
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.enum !== undefined) return found.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (found.type === "array") return `[${shapeOf(found.items, schemas, depth)}, ...]`;
  if (found.properties !== undefined) {
    const needed = new Set(found.required ?? []);
    const rows = Object.entries(found.properties).map(([name, one]) => {
      const about =
        one.description ?? (one.$ref === undefined ? undefined : resolved(one, schemas).description);
      const comment = about === undefined ? "" : `  // ${about}`;
      return `${inner}${name}${needed.has(name) ? "" : "?"}: ${shapeOf(one, schemas, depth + 1)},${comment}`;
    });
    return `{\n${rows.join("\n")}\n${"  ".repeat(depth)}}`;
  }
  if (found.type === "object")
    return `{ [name]: ${shapeOf(found.additionalProperties || {}, schemas, depth + 1)} }`;
  return Array.isArray(found.type) ? found.type.join(" | ") : (found.type ?? "anything");
}

function table(heads, rows) {
  const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
  const body = rows.map((cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell))));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...body));
}

function operationOf(method, path, operation, schemas) {
  const title = [
    make("span", { class: "method" }, method.toUpperCase()),
    make("code", {}, path),
    ` ${operation.summary ?? ""}`,
  ];
  const parts = paragraphs(operation.description ?? "");
  const parameters = operation.parameters ?? [];
  if (parameters.length > 0) {
    const rows = parameters.map(({ name, in: where, required, schema, description }) => [
      make("code", {}, name),
      where,
      shapeOf(schema, schemas) + (required ? "" : " (may be left out)"),
      description ?? resolved(schema, schemas)?.description ?? "",
    ]);
    parts.push(make("h4", {}, "Parameters"), table(["Name", "In", "Form", "Meaning"], rows));
  }
  const body = operation.requestBody?.content?.["application/json"]?.schema;
  if (body !== undefined) parts.push(make("h4", {}, "Body"), make("pre", {}, shapeOf(body, schemas)));
  for (const [status, { description, content = {} }] of Object.entries(operation.responses)) {
    const [type, media] = Object.entries(content)[0] ?? ["", undefined];
    if (type === "application/problem+json") {
      parts.push(make("p", {}, make("b", {}, `${status} `), ...paragraphs(description)[0].childNodes));
      continue;
    }
    parts.push(make("h4", {}, `Answer ${status}`));
    if (media !== undefined) parts.push(make("pre", {}, shapeOf(media.schema, schemas)));
  }
  return make("details", { id: operation.operationId }, make("summary", {}, ...title), ...parts);
}

function topicsOf({ paths, tags, components }) {
  const schemas = components?.schemas ?? {};
  return tags.flatMap(({ name, description }) => {
    const operations = Object.entries(paths).flatMap(([path, found]) =>
      METHODS.filter((method) => found[method]?.tags?.includes(name)).map((method) =>
        operationOf(method, path, found[method], schemas),
      ),
    );
    if (operations.length === 0) return [];
    const head = make("h2", { id: `topic-${name}` }, name);
    return [make("section", {}, head, make("p", {}, description), ...operations)];
  });
}

function problemsSection(problems) {
  const rows = problems.map(({ code, status, title }) => [
    make("code", { id: `problem-${code}` }, code),
    String(status),
    title,
  ]);
  const head = make("h2", { id: "topic-problems" }, "problems");
  return make("section", {}, head, table(["Code", "Status", "Meaning"], rows));
}

function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const one of document.querySelectorAll("main details"))
    one.hidden = !words.every((word) => one.firstChild.textContent.toLowerCase().includes(word));
}

async function read(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

const main = document.getElementById("main");
try {
  const [openapi, problems] = await Promise.all([read("/api/v1/openapi.json"), read("/api/v1/problems")]);
  document.getElementById("version").textContent = openapi.info.version;
  const sections = [...topicsOf(openapi), problemsSection(problems)];
  main.replaceChildren(...paragraphs(openapi.info.description), ...sections);
  const links = sections.map((section) => {
    const { id, textContent } = section.firstChild;
    return make("li", {}, make("a", { href: `#${id}` }, textContent));
  });
  document.getElementById("topics").replaceChildren(...links);
  document.getElementById("find").addEventListener("input", ({ target }) => find(target.value));
  const meant = document.getElementById(location.hash.slice(1));
  if (meant instanceof HTMLDetailsElement) meant.open = true;
  meant?.scrollIntoView();
} catch (error) {
  main.replaceChildren(make("p", { role: "alert" }, `The document could not be read: ${error.message}`));
}
