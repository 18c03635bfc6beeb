import pytest

from tests.faults.kill import kill_rounds

pytestmark = pytest.mark.fault
MOST_TEXT_LOST_S = 0.75


@pytest.mark.timeout(300)
def test_a_killed_owner_loses_no_acknowledged_row_and_little_text(home, provider, capsys):
    account = kill_rounds(home, provider, rounds=25)
    with capsys.disabled():
        print(
            f"\n25 kills: {account.acknowledged} acknowledged rows, {len(account.lost_rows)} lost; "
            f"text lost at most {max(account.lost_text_s):.2f} s"
        )
    assert account.lost_rows == []
    assert account.wrong == []
    assert max(account.lost_text_s) <= MOST_TEXT_LOST_S
