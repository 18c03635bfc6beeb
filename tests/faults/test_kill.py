import pytest

from tests.faults.kill import WRITERS, kill_rounds

pytestmark = pytest.mark.fault
MOST_TEXT_LOST_S = 0.75


@pytest.mark.timeout(600)
def test_a_killed_owner_loses_no_acknowledged_row_and_little_text(tmp_path, provider, capsys):
    account = kill_rounds(tmp_path, provider, rounds=25)
    with capsys.disabled():
        print(f"\n{account.line()}")
    assert account.rounds == 25
    assert account.lost_rows == []
    assert account.wrong == []
    assert max(account.lost_text_s) <= MOST_TEXT_LOST_S
    assert account.in_doubt > 25 * WRITERS / 2, "the kills came when hardly anything was being saved"
