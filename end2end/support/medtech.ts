// The simulated Medtech: what arrived in it, and what shall go wrong next.
export interface Filed {
  id: string;
  patientId: string;
  /** The number of the practice in whose name it was sent. */
  facility: string | null;
  identifier: { system: string | null; value: string };
  title: string | null;
  contentType: string;
  size: number;
  width: number;
  height: number;
  /** The pictures inside a scan, in order. */
  pages: { sha256: string; width: number; height: number }[];
  /** What ALEX would let pass and a reviewer would not. */
  advice: string[];
  resource: { bodySite?: { text?: string; coding?: { code: string }[] }; [name: string]: unknown };
}

export interface Received {
  method: string;
  path: string;
  correlationId: string | null;
  outcome: string;
  status: number | null;
}

export interface Person {
  id: string;
  nhi: string;
  family: string;
  given: string;
}

export interface Launch {
  patientId?: string;
  createdTime?: string;
  facilityCode?: string;
}

export class Medtech {
  /** Names and numbers of everybody in the practice. */
  identities: string[] = [];

  constructor(readonly url: string) {}

  async people(): Promise<Person[]> {
    return this.read('patients');
  }

  async person(family: string): Promise<Person> {
    const found = (await this.people()).find((person) => person.family === family);
    if (!found) throw new Error(`the simulated practice has no ${family}`);
    return found;
  }

  async learnIdentities(): Promise<void> {
    const people = await this.people();
    this.identities = [...new Set(people.flatMap(({ id, nhi, family, given }) => [id, nhi, family, ...[given].flat()]))];
  }

  /** Everything in the record, oldest first. */
  async filed(): Promise<Filed[]> {
    return this.read('media');
  }

  /** The scans in the record, oldest first. */
  async scans(): Promise<Filed[]> {
    return this.read('documentreference');
  }

  async bytes(id: string): Promise<Buffer> {
    const answer = await fetch(`${this.url}/medtech/media/${id}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** Every request for that method and path, such as `POST /FHIR/Media`. */
  async received(call: string): Promise<Received[]> {
    const all: Received[] = await this.read('received');
    return all.filter(({ method, path }) => `${method} ${path}`.toLowerCase() === call.toLowerCase());
  }

  /** The next `times` such calls get this reply of the simulator’s catalogue: `503`, `lost`, `late-504` … */
  async goWrong(on: string, reply: string, more: { times?: number; expression?: string } = {}): Promise<void> {
    await this.post('faults', { on, reply, ...more });
  }

  /** The address that Medtech's icon opens. */
  async launchUrl(launch: Launch): Promise<string> {
    const minted = await this.post('launches', launch);
    return minted.launchUrl;
  }

  private async read<T>(what: string): Promise<T> {
    const answer = await fetch(`${this.url}/medtech/api/${what}`);
    return (await answer.json()) as T;
  }

  private async post(what: string, body: unknown): Promise<{ launchUrl: string }> {
    const answer = await fetch(`${this.url}/medtech/api/${what}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { launchUrl: string };
  }
}
