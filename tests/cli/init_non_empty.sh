# init keeps the contents of a folder, including an existing configuration, which it follows. It
# names whatever is in the way.
. "$TESTS/cli/lib.sh"
mkdir -p w/logs w/archive
echo 'something else' >w/notes.txt
echo '1 2' >w/logs/PS1.txt
printf '[database]\nurl = sqlite:elsewhere.db\n' >w/derrick.ini
show derrick init w | steady
cat w/notes.txt w/logs/PS1.txt w/derrick.ini
ls w

touch file
show derrick init file
show derrick init file/w
show derrick init ''
mkdir v
touch v/aws_s3
show derrick init v
echo '[rig' >broken.ini
mkdir u
cp broken.ini u/derrick.ini
show derrick init u
ls u
