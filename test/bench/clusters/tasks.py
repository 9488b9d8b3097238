"""Runs the task of each shard on the workers of a Dask scheduler: tasks.py ADDRESS TASK SHARDS"""
import subprocess
import sys

from distributed import Client, wait


def run(task, shard):
    done = subprocess.run([task, str(shard)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)


if __name__ == "__main__":
    address, task, shards = sys.argv[1:]
    with Client(address) as client:
        futures = [client.submit(run, task, shard, pure=False) for shard in range(int(shards))]
        wait(futures)
        for future in futures:
            future.result()
