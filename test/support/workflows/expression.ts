/** What expressions may speak of, by context: `{ github: { event: … }, vars: … }`. */
export type Contexts = Readonly<Record<string, unknown>>;

/** How the job stands, for `success()` and its like. */
export type Status = "success" | "failure" | "cancelled";

const functions: Readonly<Record<string, (status: Status) => boolean>> = {
  always: () => true,
  success: (status) => status === "success",
  failure: (status) => status === "failure",
  cancelled: (status) => status === "cancelled",
};

/**
 * The value of an expression of GitHub's, as far as the workflows use the language.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 * @throws Error at anything that it does not know, a name that is not among the contexts first of all
 */
export function evaluate(text: string, contexts: Contexts, status: Status = "success"): unknown {
  return new Reading(text, contexts, status).whole();
}

class Reading {
  private readonly text: string;
  private readonly contexts: Contexts;
  private readonly status: Status;
  private readonly tokens: string[];

  constructor(text: string, contexts: Contexts, status: Status) {
    this.text = text;
    this.contexts = contexts;
    this.status = status;
    this.tokens = text.match(/'(?:[^']|'')*'|&&|\|\||==|!=|[!()]|[\w-]+(?:\.[\w-]+)*|\S/g) ?? [];
  }

  whole(): unknown {
    const value = this.either();
    if (this.tokens.length > 0) throw new Error(`${this.tokens[0]} is not understood in: ${this.text}`);
    return value;
  }

  private take(token: string): boolean {
    if (this.tokens[0] !== token) return false;
    this.tokens.shift();
    return true;
  }

  private either(): unknown {
    let left = this.both();
    while (this.take("||")) {
      const right = this.both();
      left = isTrue(left) ? left : right;
    }
    return left;
  }

  private both(): unknown {
    let left = this.compared();
    while (this.take("&&")) {
      const right = this.compared();
      left = isTrue(left) ? right : left;
    }
    return left;
  }

  private compared(): unknown {
    const left = this.single();
    if (this.take("==")) return same(left, this.single());
    if (this.take("!=")) return !same(left, this.single());
    return left;
  }

  private single(): unknown {
    if (this.take("!")) return !isTrue(this.single());
    if (this.take("(")) {
      const inner = this.either();
      if (!this.take(")")) throw new Error(`")" is missing in: ${this.text}`);
      return inner;
    }
    const token = this.tokens.shift() ?? "";
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (!this.take("(")) return lookUp(token, this.contexts, this.text);
    const call = functions[token];
    if (call === undefined || !this.take(")")) throw new Error(`unknown function ${token} in: ${this.text}`);
    return call(this.status);
  }
}

/** The text with each `${{ … }}` replaced by its value. */
export function interpolate(text: unknown, contexts: Contexts, status?: Status): string {
  return String(text).replace(/\$\{\{(.*?)\}\}/gs, (_all, inner: string) =>
    String(evaluate(inner.trim(), contexts, status)),
  );
}

/** Whether a step or job with this `if` runs: without a word on the status it wants success. */
export function runs(condition: string | undefined, contexts: Contexts, status: Status): boolean {
  const text = (condition ?? "success()").replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
  const speaksOfStatus = /\b(?:always|success|failure|cancelled)\(/.test(text);
  return (speaksOfStatus || status === "success") && isTrue(evaluate(text, contexts, status));
}

function lookUp(path: string, contexts: Contexts, text: string): unknown {
  let value: unknown = contexts;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !(name in value)) {
      throw new Error(`unknown expression ${path} in: ${text}`);
    }
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function isTrue(value: unknown): boolean {
  return value !== false && value !== "" && value !== 0 && value !== null && value !== undefined;
}

/** Strings are compared without their case. */
function same(left: unknown, right: unknown): boolean {
  return typeof left === "string" && typeof right === "string"
    ? left.toLowerCase() === right.toLowerCase()
    : left === right;
}
