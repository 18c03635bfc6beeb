"""JupyterLab, with the Workbench switched on in Jupyter's server and without."""

from tests.browser.lab.conftest import desk, lab, lab_home, patience, scripted, workbench

__all__ = ["desk", "lab", "lab_home", "patience", "scripted", "workbench"]
