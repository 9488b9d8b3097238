// Slurm on this machine: munge, the controller and one node with several places, all bound to 127.0.0.1.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import type { Started } from './programs.ts';
import { ask, end, freePort, killWhole, SECONDS, start, until } from './programs.ts';
import type { Work } from './shards.ts';
import { doneIn, runningIn, SHARDS } from './shards.ts';

const PLACES = 4;

const PROGRAMS = ['/usr/sbin/munged', '/usr/sbin/slurmctld', '/usr/sbin/slurmd', '/usr/bin/sbatch'];

/** What is missing to run it; undefined if nothing is. */
export const lacksSlurm = (): string | undefined =>
  PROGRAMS.every(existsSync) ? undefined : 'Slurm is not installed: apt-get install slurm-wlm';

/** No cgroups: they need rights that a container has not. */
function configOf(folder: string, ports: readonly [number, number]): string {
  const { username } = userInfo();
  return `ClusterName=bench
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmUser=${username}
SlurmdUser=${username}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_res
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmdParameters=config_overrides
JobRequeue=1
NodeName=${hostname()} NodeAddr=127.0.0.1 CPUs=${PLACES} State=UNKNOWN
PartitionName=all Nodes=${hostname()} Default=YES State=UP
`;
}

/** Runs the task for each shard; kills one of them in the middle. */
export async function runSlurm({ folder, task }: Work): Promise<string> {
  const own = join(folder, 'slurm');
  for (const name of ['state', 'spool', 'out']) mkdirSync(join(own, name), { recursive: true });
  const key = join(own, 'munge.key');
  writeFileSync(key, randomBytes(128), { mode: 0o400 });
  const config = join(own, 'slurm.conf');
  writeFileSync(config, configOf(own, [await freePort(), await freePort()]));
  const env = { SLURM_CONF: config };
  const logs = ['munged', 'slurmctld', 'slurmd'].map((name) => join(own, `${name}.log`));
  const started: Started[] = [];
  const socket = join(own, 'munge.socket');
  try {
    const files = ['socket', 'key', 'pid', 'seed', 'log'] as const;
    const paths = {
      socket,
      key,
      pid: join(own, 'munged.pid'),
      seed: join(own, 'munged.seed'),
      log: logs[0]!,
    };
    const options = {
      socket: 'socket',
      key: 'key-file',
      pid: 'pid-file',
      seed: 'seed-file',
      log: 'log-file',
    };
    const munge = files.map((name) => `--${options[name]}=${paths[name]}`);
    started.push(start(PROGRAMS[0]!, ['--foreground', '--force', ...munge], logs[0]!));
    await until('munge', () => existsSync(socket), logs);
    started.push(start(PROGRAMS[1]!, ['-c', '-D', '-f', config], logs[1]!));
    started.push(start(PROGRAMS[2]!, ['-D', '-f', config], logs[2]!));
    await until('slurm', () => isIdle(env), logs);
    const job = ask(
      PROGRAMS[3]!,
      ['--parsable', `--array=0-${SHARDS - 1}`, '--requeue', `--output=${join(own, 'out', '%a')}`, task],
      env,
    ).trim();
    const work = { folder, task };
    await until('a third of the tasks', () => doneIn(work).length >= SHARDS / 3, logs, 600);
    await killOne(work);
    for (let requeued = 0; ;) {
      await until('the queue', () => ask('squeue', ['-h', '-t', 'PD,R,CG'], env).trim() === '', logs, 900);
      const done = new Set(doneIn(work));
      const lost = Array.from({ length: SHARDS }, (_, shard) => shard).filter((shard) => !done.has(shard));
      if (lost.length === 0) return `${requeued} requeued`;
      if (requeued > 3) throw new Error(`slurm: shards ${lost.join(', ')} fail again and again`);
      requeued += lost.length;
      for (const shard of lost) ask('scontrol', ['requeue', `${job}_${shard}`], env);
      await setTimeout(SECONDS);
    }
  } finally {
    for (const one of started.reverse()) await end(one);
  }
}

function isIdle(env: NodeJS.ProcessEnv): boolean {
  try {
    return ask('sinfo', ['-h', '-o', '%T'], env).trim() === 'idle';
  } catch {
    // The controller does not answer yet.
    return false;
  }
}

async function killOne(work: Work): Promise<void> {
  let pid: number | undefined;
  await until('a task that runs', () => (pid = runningIn(work)) !== undefined, []);
  killWhole(pid!);
}
