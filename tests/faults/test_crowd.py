import pytest

from tests.conftest import kill_owner
from tests.faults.crowd import crowd

pytestmark = pytest.mark.fault


@pytest.mark.timeout(300)
def test_six_processes_lose_nothing_while_the_owner_is_killed_stopped_and_upgraded(home, tmp_path, capsys):
    account = crowd(tmp_path, seconds=12)
    with capsys.disabled():
        print(f"\n{account.line()}")
    assert all(member.made and member.counted for member in account.members)
    assert account.chaos.killed
    assert account.chaos.stopped
    assert account.chaos.upgraded
    assert account.lost == []
    assert account.surplus == []
    assert account.uncounted == {}
    kill_owner(home)
