import { Failure } from "../cli/command.ts";
import type { Settings } from "./settings.ts";

type Method = "GET" | "POST" | "PATCH";

const timeoutMilliseconds = 30_000;

/** Far more than there can be, so that a list without an end does not hold a run. */
const mostPages = 200;

/** GitHub's REST API for one repository: https://docs.github.com/en/rest */
export class GitHub {
  private readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** @param path behind `/repos/OWNER/NAME` */
  async get<T>(path: string): Promise<T> {
    return (await this.request("GET", this.url(path))).body as T;
  }

  /** All pages of a list. https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
  async list<T>(path: string): Promise<T[]> {
    const all: T[] = [];
    let next: string | undefined = this.url(`${path}${path.includes("?") ? "&" : "?"}per_page=100`);
    for (let page = 0; next !== undefined && page < mostPages; page += 1) {
      const { body, link }: Answer = await this.request("GET", next);
      all.push(...(body as T[]));
      next = nextPage(link, this.settings.apiUrl);
    }
    return all;
  }

  async post<T>(path: string, body: object): Promise<T> {
    return (await this.request("POST", this.url(path), body)).body as T;
  }

  async patch(path: string, body: object): Promise<void> {
    await this.request("PATCH", this.url(path), body);
  }

  private url(path: string): string {
    return `${this.settings.apiUrl}/repos/${this.settings.repository}${path}`;
  }

  private async request(method: Method, url: string, body?: object): Promise<Answer> {
    const asked = `${method} ${url.slice(this.settings.apiUrl.length)}`;
    const response = await fetch(url, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${this.settings.token}`,
        "content-type": "application/json",
        "user-agent": "unityplan-nats",
        "x-github-api-version": "2022-11-28",
      },
      signal: AbortSignal.timeout(timeoutMilliseconds),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: Error) => {
      const why = (error.cause as Error | undefined)?.message ?? error.message;
      throw new Failure(`GitHub did not answer ${asked}: ${why}. Run this job again.`);
    });
    const text = await response.text();
    if (!response.ok) throw new Failure(refusal(asked, response.status, text));
    return { body: JSON.parse(text), link: response.headers.get("link") ?? "" };
  }
}

interface Answer {
  readonly body: unknown;
  readonly link: string;
}

/** The token goes nowhere but to the API. */
function nextPage(link: string, apiUrl: string): string | undefined {
  const next = /<([^>]+)>;\s*rel="next"/.exec(link)?.[1];
  return next?.startsWith(`${apiUrl}/`) ? next : undefined;
}

/** What GitHub refused, in its own words, and what to do. */
export function refusal(asked: string, status: number, text: string): string {
  return `GitHub answered ${status} to ${asked}: ${messageIn(text)}. ${remedy(status, text)}`;
}

function messageIn(text: string): string {
  try {
    const { message, errors } = JSON.parse(text) as { message?: string; errors?: unknown };
    return `${message ?? "without a message"}${errors === undefined ? "" : ` ${JSON.stringify(errors)}`}`;
  } catch {
    return text.slice(0, 200).replace(/\s+/g, " ") || "without a message";
  }
}

function remedy(status: number, text: string): string {
  if (status === 401)
    return "The token is not valid, or not valid any more: give the step GITHUB_TOKEN from github.token.";
  if (status === 429 || /rate limit/i.test(text)) return "Run this job again in an hour.";
  if (status === 403)
    return "The job lacks a permission: look at `permissions` of the workflow. A fork's token can only read.";
  if (status === 404)
    return "This page does not exist, or the token can't see it: look at GITHUB_REPOSITORY and at `permissions` of the job.";
  if (status >= 500) return "This is a fault of GitHub: run this job again.";
  return "Check the arguments of the command. If they are right, report a fault of this program.";
}
