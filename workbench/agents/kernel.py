"""The kernel of an agent's notebook: an ordinary one that does not outlive its runner and keeps no history."""

import sys

from ipykernel.kernelapp import launch_new_instance

from workbench.agents import processes

if __name__ == "__main__":
    processes.end_with_parent()
    sys.argv.append("--HistoryManager.enabled=False")
    launch_new_instance()
