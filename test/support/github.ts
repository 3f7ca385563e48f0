import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { botLogin } from "../../operations/github/bot.ts";
import type { Issue } from "../../operations/github/issues.ts";
import type { Pull, Run } from "../../operations/github/previews.ts";
import type { Settings } from "../../operations/github/settings.ts";

interface KeptComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
}

type KeptIssue = Issue & { body: string; state: "open" | "closed"; comments: KeptComment[] };

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * As much of GitHub's REST API as the workflows use, on loopback: it pages lists, wants the token, refuses what is too
 * long, and keeps what it is told. https://docs.github.com/en/rest
 */
export class FakeGitHub {
  readonly token = "ghs_onlyForThisTest";
  readonly repository = "unityplan/nats";
  readonly issues = new Map<number, KeptIssue>();
  readonly runs = new Map<number, Run>();
  pulls: (Pull & { readonly state: "open" | "closed"; readonly headLabel: string })[] = [];
  /** Asked for so far, as in `POST /issues`. */
  readonly asked: string[] = [];
  /** Answers everything so, for tests of refusals. */
  broken: { readonly status: number; readonly text: string } | undefined;
  private next = 1;
  private nextComment = 1000;
  private readonly server = createServer((request, response) => void this.serve(request, response));

  static async start(): Promise<FakeGitHub> {
    const github = new FakeGitHub();
    await new Promise<void>((resolve) => github.server.listen(0, "127.0.0.1", resolve));
    return github;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get settings(): Settings {
    const { url, token, repository } = this;
    return { apiUrl: url, token, repository, runUrl: `https://github.test/${repository}/actions/runs/9` };
  }

  /** An issue, or a pull request, which is one too. */
  add(issue: { body?: string; by?: string; number?: number; isPull?: boolean }): KeptIssue {
    const number = issue.number ?? this.next;
    this.next = Math.max(this.next, number) + 1;
    const kept: KeptIssue = {
      number,
      title: "",
      body: issue.body ?? "",
      user: { login: issue.by ?? "somebody" },
      state: "open",
      comments: [],
      ...(issue.isPull ? { pull_request: {} } : {}),
    };
    this.issues.set(number, kept);
    return kept;
  }

  comment(on: number, body: string, by = "somebody"): KeptComment {
    this.nextComment += 1;
    const kept = { id: this.nextComment, body, user: { login: by } };
    this.issues.get(on)?.comments.push(kept);
    return kept;
  }

  comments(on: number): KeptComment[] {
    return this.issues.get(on)?.comments ?? [];
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? "", this.url);
    const path = url.pathname.replace(`/repos/${this.repository}`, "");
    this.asked.push(`${request.method} ${path}`);
    if (this.broken !== undefined) {
      response.writeHead(this.broken.status).end(this.broken.text);
      return;
    }
    const given = JSON.parse(Buffer.concat(chunks).toString() || "{}") as Record<string, string>;
    const { status, body } = this.answer(request, path, url.searchParams, given);
    const paged = Array.isArray(body) ? page(body, url) : { body, headers: {} };
    response.writeHead(status, paged.headers).end(JSON.stringify(paged.body));
  }

  private answer(
    { method, headers }: IncomingMessage,
    path: string,
    query: URLSearchParams,
    given: Record<string, string>,
  ): Answer {
    if (headers.authorization !== `Bearer ${this.token}`) return refused(401, "Bad credentials");
    if ((given.body?.length ?? 0) > 65_536)
      return refused(422, "body is too long (maximum is 65536 characters)");
    const [, what = "", id = "", rest] = path.split("/");
    if (method === "GET" && what === "actions") return found(this.runs.get(Number(path.split("/")[3])));
    if (method === "GET" && what === "pulls") return found(this.pullsFrom(query));
    if (method === "GET" && path === "/issues") return found(this.openIssues(query.get("creator")));
    if (method === "POST" && path === "/issues") {
      const issue = this.add({ body: given.body ?? "", by: botLogin });
      Object.assign(issue, { title: given.title });
      return { status: 201, body: issue };
    }
    if (method === "PATCH" && id === "comments") {
      const kept = [...this.issues.values()]
        .flatMap(({ comments }) => comments)
        .find((c) => c.id === Number(rest));
      return found(kept && Object.assign(kept, given));
    }
    const issue = this.issues.get(Number(id));
    if (what !== "issues" || issue === undefined) return refused(404, "Not Found");
    if (method === "PATCH") return found(Object.assign(issue, given));
    if (method === "POST")
      return { status: 201, body: this.comment(issue.number, given.body ?? "", botLogin) };
    return found(issue.comments);
  }

  private pullsFrom(query: URLSearchParams) {
    return this.pulls.filter(
      ({ state, headLabel }) => state === query.get("state") && headLabel === query.get("head"),
    );
  }

  private openIssues(creator: string | null) {
    return [...this.issues.values()].filter(({ state, user }) => state === "open" && user?.login === creator);
  }
}

function found(body: unknown): Answer {
  return body === undefined ? refused(404, "Not Found") : { status: 200, body };
}

function refused(status: number, message: string): Answer {
  return { status, body: { message } };
}

/** https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
function page(all: readonly unknown[], url: URL): { body: unknown[]; headers: Record<string, string> } {
  const size = Math.min(Number(url.searchParams.get("per_page") ?? 30), 100);
  const number = Number(url.searchParams.get("page") ?? 1);
  const body = all.slice((number - 1) * size, number * size);
  if (number * size >= all.length) return { body, headers: {} };
  const next = new URL(url);
  next.searchParams.set("page", String(number + 1));
  return { body, headers: { link: `<${next}>; rel="next", <${url}>; rel="last"` } };
}
